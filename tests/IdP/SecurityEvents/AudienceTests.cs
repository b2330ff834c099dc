using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Data.Sqlite;
using Xunit;

namespace IdentityHub.IdP.Tests.SecurityEvents;

/// <summary>Who hears of whom: a client of one account of its members only, a hub-wide one of everybody; and of the erased only that they are.</summary>
[Spec("OpenID Shared Signals Framework 1.0", "9")]
public sealed class AudienceTests : IAsyncLifetime
{
    private RunningHub hub = null!;
    private Receiver wide = null!;
    private Receiver north = null!;
    private Receiver bright = null!;

    public async Task InitializeAsync()
    {
        hub = await RunningHub.StartAsync(SampleDirectory.Json);
        wide = await Receiver.StreamingAsync(hub, "wide");
        north = await Receiver.StreamingAsync(hub, "north", "northside");
        bright = await Receiver.StreamingAsync(hub, "bright", "brightfix");
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    /// <summary>What each of the three hears, as words in order of the alphabet.</summary>
    private async Task<(string Wide, string North, string Bright)> HeardAsync(Func<HubTransaction, Task>? work = null)
    {
        if (work is not null)
        {
            await hub.WriteAsync(async transaction =>
            {
                await work(transaction);
                return true;
            });
        }

        return (await WordsAsync(wide), await WordsAsync(north), await WordsAsync(bright));

        static async Task<string> WordsAsync(Receiver receiver) => string.Join(' ', (await receiver.TakeAsync()).Select(one => one.Word).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_account_s_receiver_hears_nothing_of_others()
    {
        var sam = await hub.HomeAsync(SampleDirectory.Sam);
        Assert.Equal(("credential-change", "credential-change", ""), await HeardAsync(transaction => Passwords.SetAsync(transaction, sam.UserId, "hash")));
        Assert.Equal(("account-disabled", "account-disabled", ""), await HeardAsync(transaction => UserLifecycle.DeactivateAsync(transaction, sam.Id)));
        Assert.Equal(("account-enabled", "account-enabled", ""), await HeardAsync(transaction => UserLifecycle.ReactivateAsync(transaction, sam.Id)));
        Assert.Equal(("token-claims-change", "token-claims-change", ""), await HeardAsync(transaction => Memberships.ChangeRoleAsync(transaction, sam.Id, Role.Administrator)));
    }

    [Fact]
    public async Task Who_was_only_invited_is_none_of_an_account_s_business()
    {
        var sam = await hub.HomeAsync(SampleDirectory.Sam);
        Assert.IsType<Memberships.AddResult.Added>(await hub.WriteAsync(transaction =>
            Memberships.AddAsync(transaction, new Memberships.NewMember(sam.UserId, "brightfix", Role.User, null, MembershipStatus.Invited))));
        Assert.Equal(MembershipStatus.Invited, (await hub.GuestAsync(SampleDirectory.Sam)).Status);
        Assert.Equal(("credential-change", "credential-change", ""), await HeardAsync(transaction => Passwords.SetAsync(transaction, sam.UserId, "hash")));
    }

    [Fact]
    public async Task A_guest_s_home_is_heard_of_where_it_matters_and_another_account_s_seats_and_roles_are_not()
    {
        var home = await hub.HomeAsync(SampleDirectory.Dana);
        var guest = await hub.GuestAsync(SampleDirectory.Dana);
        Assert.Equal(("token-claims-change", "token-claims-change", ""), await HeardAsync(transaction => Memberships.ChangeRoleAsync(transaction, home.Id, Role.Administrator)));
        Assert.Equal(("token-claims-change", "", "token-claims-change"), await HeardAsync(transaction => Memberships.ChangeRoleAsync(transaction, guest.Id, Role.Administrator)));

        // Shut out as a guest, the person is shut out there and nowhere else.
        Assert.Equal(("token-claims-change", "", "account-disabled token-claims-change"), await HeardAsync(transaction => UserLifecycle.DeactivateAsync(transaction, guest.Id)));
        Assert.Equal(("", "", "account-enabled"), await HeardAsync(transaction => UserLifecycle.ReactivateAsync(transaction, guest.Id)));

        // Shut out at home, everywhere.
        Assert.Equal(("account-disabled", "account-disabled", "account-disabled"), await HeardAsync(transaction => UserLifecycle.DeactivateAsync(transaction, home.Id)));
    }

    [Fact]
    public async Task A_session_is_heard_of_at_home_and_where_it_was_used()
    {
        using var browser = hub.NewBrowser();
        await SampleDirectory.Portal(hub).EnterAsync(browser, SampleDirectory.Dana, "northside");
        await SignOutAsync(browser);
        Assert.Equal(("session-revoked", "session-revoked", ""), await HeardAsync());

        using var other = hub.NewBrowser();
        await SampleDirectory.Portal(hub).EnterAsync(other, SampleDirectory.Dana, "brightfix");
        await SignOutAsync(other);
        Assert.Equal(("session-revoked", "session-revoked", "session-revoked"), await HeardAsync());
    }

    private static async Task SignOutAsync(Browser browser)
    {
        await browser.GoAsync("/end-session");
        await browser.PressAsync("Sign out");
    }

    [Fact]
    public async Task A_client_that_may_not_have_a_stream_any_more_is_told_nothing()
    {
        var sam = await hub.HomeAsync(SampleDirectory.Sam);
        await wide.PutAsync(null, "openid");
        await north.PutAsync("brightfix", "openid ssf.manage");
        await bright.PutAsync("brightfix", "openid ssf.manage", disabled: true);
        await hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, sam.Id));
        Assert.Equal(0, Count("PolledEvents", "1=1"));
    }

    [Fact]
    [Spec("OpenID RISC 1.0", "2.2")]
    public async Task Of_the_erased_only_that_they_are_is_heard_with_the_sessions_that_are_over()
    {
        await using var listener = await PushListener.StartAsync();
        listener.Answer = _ => (503, null);
        var pushed = await Receiver.StreamingAsync(hub, "pushed", pushTo: listener.Address);
        var place = await hub.HomeAsync(SampleDirectory.Dana);
        using var browser = hub.NewBrowser();
        await SampleDirectory.Portal(hub).EnterAsync(browser, SampleDirectory.Dana, "brightfix");

        // Waits in the outbox and to be polled: a change of a credential, of a role, a session that ended.
        await hub.WriteAsync(transaction => Memberships.ChangeRoleAsync(transaction, place.Id, Role.Administrator));
        await SetPasswordAsync(place.UserId);
        Assert.Equal(6, Count("PolledEvents", "\"StreamId\" IN (SELECT \"Id\" FROM \"EventStreams\" WHERE \"ClientId\" IN ('wide', 'north'))"));
        var other = await hub.HomeAsync(SampleDirectory.Sam);
        await SetPasswordAsync(other.UserId);

        await hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, place.Id));
        Assert.Equal(("account-purged credential-change session-revoked", "account-purged credential-change session-revoked", "account-purged session-revoked"), (
            await OfAsync(wide), await OfAsync(north), await OfAsync(bright)));

        listener.Answer = _ => (202, null);
        var before = listener.Requests.Count;
        await hub.WriteAsync(transaction => Domain.Events.Outbox.SendAllAgainAsync(transaction, "security-event"));
        await Wire.EventuallyAsync(
            async () =>
            {
                hub.Time.Advance(TimeSpan.FromSeconds(5));
                await Task.Delay(20);
                return Count("Outbox", "\"Kind\" = 'security-event' AND \"DeliveredAt\" IS NULL") == 0;
            },
            "everything left");
        var words = new List<string>();
        foreach (var request in listener.Requests.Skip(before))
        {
            words.Add((await pushed.CheckAsync(request.Body)).Word);
        }

        Assert.Equal(["account-purged", "credential-change", "session-revoked"], words.Distinct().Order());

        async Task<string> OfAsync(Receiver receiver)
        {
            var told = await receiver.TakeAsync();
            Assert.All(told.Where(one => one.Sub != place.UserId), one => Assert.Equal((other.UserId, "credential-change"), (one.Sub, one.Word)));
            Assert.All(told.Where(one => one.Sub == place.UserId), one => Assert.DoesNotContain("dana", one.Set + JsonSerializer.Serialize(RelyingApp.Payload(one.Set)), StringComparison.OrdinalIgnoreCase));
            return string.Join(' ', told.Select(one => one.Word).Distinct().Order(StringComparer.Ordinal));
        }
    }

    private Task<bool> SetPasswordAsync(string userId) => hub.WriteAsync(async transaction =>
    {
        await Passwords.SetAsync(transaction, userId, "hash");
        return true;
    });

    private long Count(string table, string where)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(hub.DataDirectory, "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM \"{table}\" WHERE {where}";
        return (long)command.ExecuteScalar()!;
    }
}
