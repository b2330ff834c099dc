using IdentityHub.Domain.Clients;
using IdentityHub.Testing;
using Xunit;
using Result = IdentityHub.Domain.Clients.ClientRegistration.Result;

namespace IdentityHub.Domain.Tests.Clients;

public sealed class ClientRegistrationTests : HubTests
{
    private static readonly ClientMetadata Portal = new() { ClientId = "portal", ClientName = "Portal", RedirectUris = ["https://portal.example/cb"] };
    private ClientSecret secrets = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("a");
        secrets = new(Hub.Sealer);
    }

    [Fact]
    public async Task The_hub_makes_the_secret_and_keeps_only_its_hash()
    {
        var secret = Secret(await RegisterAsync(Portal));
        Assert.True(secrets.Verify(secret, (await FindAsync())!.SecretHash!));
        Assert.DoesNotContain(Hub.Everything(), row => row.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_id_is_registered_once()
    {
        await RegisterAsync(Portal);
        var before = Hub.Everything();
        Assert.Equal("client_id", Assert.Single(Faults(await RegisterAsync(Portal with { ClientName = "Other" }))).Property);
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task Every_rule_of_clients_holds_and_so_do_references()
    {
        var faults = Faults(await RegisterAsync(new()
        {
            ClientId = "has space", RedirectUris = ["javascript:alert(1)"], Account = "nowhere", RequireSeat = "nothing", BackchannelLogoutUri = "ftp://x",
        }));
        Assert.Equal(["account", "backchannel_logout_uri", "client_id", "redirect_uris", "require_seat"], faults.Select(fault => fault.Property).Order());
        Assert.Equal(0, Hub.Count("Clients"));
    }

    [Fact]
    public async Task A_change_keeps_the_secret_and_a_public_client_gets_one_when_it_needs_one()
    {
        var secret = Secret(await RegisterAsync(Portal));
        Assert.Null(((Result.Done)await ChangeAsync(Portal with { ClientName = "Member portal", Account = "a" })).Secret);
        Assert.True(secrets.Verify(secret, (await FindAsync())!.SecretHash!));
        Assert.IsType<Result.Unchanged>(await ChangeAsync(Portal with { ClientName = "Member portal", Account = "a" }));

        Assert.Null(((Result.Done)await ChangeAsync(Portal with { TokenEndpointAuthMethod = "none" })).Secret);
        Assert.Null((await FindAsync())!.SecretHash);
        var other = Secret(await ChangeAsync(Portal));
        Assert.NotEqual(secret, other);
        Assert.True(secrets.Verify(other, (await FindAsync())!.SecretHash!));
    }

    [Fact]
    public async Task What_is_wrong_changes_nothing()
    {
        await RegisterAsync(Portal);
        var before = Hub.Everything();
        Assert.NotEmpty(Faults(await ChangeAsync(Portal with { RedirectUris = [] })));
        Assert.IsType<Result.NoSuchClient>(await ChangeAsync(Portal with { ClientId = "other" }));
        Assert.IsType<Result.NoSuchClient>(await Hub.WriteAsync(transaction => ClientRegistration.RotateSecretAsync(transaction, "other", secrets)));
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task Another_secret_ends_the_former()
    {
        var former = Secret(await RegisterAsync(Portal));
        var fresh = Secret(await Hub.WriteAsync(transaction => ClientRegistration.RotateSecretAsync(transaction, "portal", secrets)));
        var hash = (await FindAsync())!.SecretHash!;
        Assert.True(secrets.Verify(fresh, hash));
        Assert.False(secrets.Verify(former, hash));
        await ChangeAsync(Portal with { TokenEndpointAuthMethod = "none" });
        Assert.NotEmpty(Faults(await Hub.WriteAsync(transaction => ClientRegistration.RotateSecretAsync(transaction, "portal", secrets))));
    }

    [Fact]
    public async Task A_disabled_client_is_not_usable_and_what_it_held_stays_dead()
    {
        await RegisterAsync(Portal);
        var member = await Hub.AddMemberAsync("pat", "a", Domain.Permissions.Role.Administrator);
        var session = await Hub.SignInAsync(member.UserId);
        var grant = await Hub.AuthorizeAsync("portal", session, member.MembershipId);
        Assert.IsType<Result.Done>(await DisableAsync(true));
        Assert.False((await FindAsync())!.IsUsable);
        Assert.IsType<Result.Unchanged>(await DisableAsync(true));
        Assert.IsType<Result.Done>(await DisableAsync(false));
        Assert.True((await FindAsync())!.IsUsable);
        Assert.False(await Hub.IsLiveAsync(grant!.GrantId));
        Assert.True(await Hub.IsLiveAsync((await Hub.AuthorizeAsync("portal", session, member.MembershipId))!.GrantId));
    }

    [Fact]
    public async Task The_hubs_own_client_is_nobodys_to_change()
    {
        await RegisterAsync(Portal with { ClientId = ConsoleRegistration.ClientId });
        var before = Hub.Everything();
        Assert.IsType<Result.HubsOwn>(await ChangeAsync(Portal with { ClientId = ConsoleRegistration.ClientId, ClientName = "Mine" }));
        Assert.IsType<Result.HubsOwn>(await Hub.WriteAsync(transaction => ClientRegistration.SetDisabledAsync(transaction, ConsoleRegistration.ClientId, true)));
        Assert.IsType<Result.HubsOwn>(await Hub.WriteAsync(transaction => ClientRegistration.RotateSecretAsync(transaction, ConsoleRegistration.ClientId, secrets)));
        Assert.Equal(before, Hub.Everything());
    }

    [Fact]
    public async Task Clients_are_found_by_id_and_name_page_by_page()
    {
        foreach (var id in new[] { "c-one", "c-two", "other" })
        {
            await RegisterAsync(Portal with { ClientId = id, ClientName = "The " + id, Account = id == "other" ? "a" : null });
        }

        Assert.Equal(["c-one", "c-two"], (await ListAsync("THE C-", null)).Select(line => line.Id));
        Assert.Equal(["c-two", "other"], (await ListAsync(null, "c-one")).Select(line => line.Id));
        Assert.Equal("Account a", (await ListAsync("other", null))[0].AccountName);
    }

    private Task<IReadOnlyList<ClientLine>> ListAsync(string? text, string? after) => Hub.ReadAsync(reader => ClientList.FindAsync(reader, text, after, 2));

    private Task<Result> RegisterAsync(ClientMetadata metadata) => Hub.WriteAsync(transaction => ClientRegistration.RegisterAsync(transaction, metadata, secrets));

    private Task<Result> ChangeAsync(ClientMetadata metadata) => Hub.WriteAsync(transaction => ClientRegistration.ChangeAsync(transaction, metadata, secrets));

    private Task<Result> DisableAsync(bool disabled) => Hub.WriteAsync(transaction => ClientRegistration.SetDisabledAsync(transaction, "portal", disabled));

    private Task<Client?> FindAsync() => Hub.ReadAsync(reader => Task.FromResult(Domain.Clients.Clients.Find(reader, "portal")));

    private static string Secret(Result result) => Assert.IsType<Result.Done>(result).Secret!;

    private static System.Collections.Immutable.ImmutableArray<ClientFault> Faults(Result result) => Assert.IsType<Result.Refused>(result).Faults;
}
