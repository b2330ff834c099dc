using System.Globalization;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Host.Commands;

/// <summary>Lets a user sign in again whose sign-in is frozen: the way in for an operator when no other operator is left who could do it in the console.</summary>
internal static class ThawCommand
{
    public static async Task<int> RunAsync(string userName, string[] args)
    {
        var options = CommandLine.ReadOptions(HubApplication.CreateBuilder(args).Configuration);
        await using var services = await CoreServices.OpenAsync(options);
        var result = await services.GetRequiredService<IHubStore>().WriteAsync(
            new Actor.Hub("thaw"),
            async transaction => CanonicalName.Of(userName) is { } name && await Users.FindByNameAsync(transaction, name) is { } user
                ? await MemberAccess.ThawAsync(transaction, user.Id, options.Issuer)
                : new MemberAccess.Result.Refused("There is no user of this name. Type it in full."));
        return Show(result, Console.Out, Console.Error);
    }

    /// <returns>The exit code: 0 when they can sign in again.</returns>
    internal static int Show(MemberAccess.Result result, TextWriter output, TextWriter faults)
    {
        if (result is MemberAccess.Result.Refused refused)
        {
            faults.WriteLine("Nothing was changed. " + refused.Sentence);
            return 1;
        }

        output.WriteLine("They can sign in again. A link with which they choose another password goes to their address; the hub that serves sends it. Every second factor, recovery code and remembered browser is gone.");
        if (result is MemberAccess.Result.LetIn letIn)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"After the password they type this code, once, until {letIn.Until:HH:mm} UTC, and set up another second factor: {letIn.Code}"));
        }

        return 0;
    }
}
