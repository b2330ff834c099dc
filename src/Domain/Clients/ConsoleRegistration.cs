namespace IdentityHub.Domain.Clients;

/// <summary>The one client that registers itself: the hub's own console. Nobody else registers, changes or disables it.</summary>
public static class ConsoleRegistration
{
    public const string ClientId = "identityhub-console";
}
