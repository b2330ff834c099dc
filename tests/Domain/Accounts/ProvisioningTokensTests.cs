using IdentityHub.Domain.Accounts;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Accounts;

public sealed class ProvisioningTokensTests : IAsyncLifetime
{
    private TestHub hub = null!;

    public async Task InitializeAsync()
    {
        hub = await TestHub.StartAsync();
        foreach (var account in (string[])["a", "b"])
        {
            await hub.WriteAsync(transaction => Domain.Accounts.Accounts.PutAsync(transaction, account, account, TwoFactorPolicy.Optional, new()));
        }
    }

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task A_token_names_its_account_and_only_its_hash_is_kept()
    {
        var made = await MakeAsync("a", "hr");
        var live = await LiveAsync(made.Token);
        Assert.Equal(("a", made.Id), (live!.AccountId, live.Id));
        Assert.DoesNotContain(hub.Everything(), row => row.Contains(made.Token, StringComparison.Ordinal));
        Assert.Null(await LiveAsync(made.Token + "x"));
        Assert.IsType<ProvisioningTokens.MakeResult.NameTaken>(await hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "a", "hr", null)));
        Assert.IsType<ProvisioningTokens.MakeResult.NoSuchAccount>(await hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "c", "hr", null)));
    }

    [Fact]
    public async Task A_rotated_token_works_beside_its_successor_until_the_overlap_ends()
    {
        var former = await MakeAsync("a", "hr");
        var next = Assert.IsType<ProvisioningTokens.MakeResult.Made>(
            await hub.WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, "a", former.Id, TimeSpan.FromHours(1), null)));
        Assert.NotNull(await LiveAsync(former.Token));
        Assert.NotNull(await LiveAsync(next.Token));
        hub.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await LiveAsync(former.Token));
        Assert.NotNull(await LiveAsync(next.Token));
        Assert.IsType<ProvisioningTokens.MakeResult.NoSuchToken>(
            await hub.WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, "a", former.Id, TimeSpan.FromHours(1), null)));
    }

    [Fact]
    public async Task A_revoked_token_is_dead_at_once_and_leaves_its_name_free()
    {
        var made = await MakeAsync("a", "hr");
        Assert.True(await hub.WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, "a", made.Id)));
        Assert.Null(await LiveAsync(made.Token));
        Assert.False(await hub.WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, "a", made.Id)));
        await MakeAsync("a", "hr");
    }

    [Fact]
    public async Task So_many_tokens_of_an_account_work_at_a_time_and_no_more()
    {
        var first = await MakeAsync("a", "hr");
        for (var count = 1; count < ProvisioningTokens.MostWorking; count++)
        {
            await MakeAsync("a", "hr " + count);
        }

        var before = hub.Everything();
        Assert.IsType<ProvisioningTokens.MakeResult.TooMany>(await hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "a", "more", null)));
        Assert.IsType<ProvisioningTokens.MakeResult.TooMany>(
            await hub.WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, "a", first.Id, TimeSpan.FromHours(1), null)));
        Assert.Equal(before, hub.Everything());

        await MakeAsync("b", "hr");
        var next = Assert.IsType<ProvisioningTokens.MakeResult.Made>(await hub.WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, "a", first.Id, TimeSpan.Zero, null)));
        Assert.True(await hub.WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, "a", next.Id)));
        await MakeAsync("a", "more");
    }

    [Fact]
    public async Task Another_account_neither_rotates_nor_revokes_it()
    {
        var made = await MakeAsync("a", "hr");
        Assert.IsType<ProvisioningTokens.MakeResult.NoSuchToken>(
            await hub.WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, "b", made.Id, TimeSpan.FromHours(1), null)));
        Assert.False(await hub.WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, "b", made.Id)));
        Assert.NotNull(await LiveAsync(made.Token));
    }

    [Fact]
    public async Task An_expired_token_works_no_more()
    {
        var made = Assert.IsType<ProvisioningTokens.MakeResult.Made>(
            await hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, "a", "hr", transaction.Now.AddDays(1))));
        Assert.NotNull(await LiveAsync(made.Token));
        hub.Time.Advance(TimeSpan.FromDays(1));
        Assert.Null(await LiveAsync(made.Token));
    }

    [Fact]
    public async Task A_configuration_file_brings_neither_a_rotated_nor_a_revoked_token_back()
    {
        const string Token = "hr-a-0123456789abcdef0123456789abcdef";
        await PutAsync(Token);
        var id = (await LiveAsync(Token))!.Id;
        await hub.WriteAsync(transaction => ProvisioningTokens.RotateAsync(transaction, "a", id, TimeSpan.FromHours(1), null));
        Assert.Equal(Domain.Accounts.Accounts.PutTokenResult.Unchanged, await PutAsync(Token));
        Assert.True(await hub.WriteAsync(transaction => ProvisioningTokens.RevokeAsync(transaction, "a", id)));
        Assert.Equal(Domain.Accounts.Accounts.PutTokenResult.Unchanged, await PutAsync(Token));
        Assert.Null(await LiveAsync(Token));
    }

    private Task<Domain.Accounts.Accounts.PutTokenResult> PutAsync(string token) =>
        hub.WriteAsync(transaction => Domain.Accounts.Accounts.PutProvisioningTokenAsync(transaction, "a", "hr", token));

    private async Task<ProvisioningTokens.MakeResult.Made> MakeAsync(string account, string name) =>
        Assert.IsType<ProvisioningTokens.MakeResult.Made>(await hub.WriteAsync(transaction => ProvisioningTokens.MakeAsync(transaction, account, name, null)));

    private Task<ProvisioningTokens.LiveToken?> LiveAsync(string token) => hub.ReadAsync(reader => Task.FromResult(ProvisioningTokens.FindLive(reader, token)));
}
