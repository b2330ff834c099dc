using System.Text.Json;
using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Erasing;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityHub.Domain.Tests.Notices;

/// <summary>Whose mails go when somebody is erased: those about them and those to them. <c>ada</c>, <c>bob</c> and <c>cyd</c> administer <c>home</c>, which has no PRIMARY; <c>mem</c> is a member.</summary>
public sealed class MailErasureTests : HubTests
{
    private TestMember ada = null!;
    private TestMember bob = null!;
    private TestMember mem = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await Hub.AddAccountAsync("home");
        await Hub.AddAccountAsync("other");

        // Administrators are told in the order in which they came.
        ada = await Hub.AddMemberAsync("ada", "home", Role.Administrator);
        Hub.Time.Advance(TimeSpan.FromSeconds(1));
        bob = await Hub.AddMemberAsync("bob", "home", Role.Administrator);
        Hub.Time.Advance(TimeSpan.FromSeconds(1));
        await Hub.AddMemberAsync("cyd", "home", Role.Administrator);
        mem = await Hub.AddMemberAsync("mem", "home");
        await Hub.WriteAsync(transaction => transaction.Db.Outbox.ExecuteDeleteAsync());
    }

    private Task<UserLifecycle.StatusResult> DeactivateAsync(TestMember member) => Hub.WriteAsync(transaction => UserLifecycle.DeactivateAsync(transaction, member.MembershipId));

    private Task<UserLifecycle.StatusResult> DeleteAsync(TestMember member) => Hub.WriteAsync(transaction => UserLifecycle.DeleteAsync(transaction, member.MembershipId));

    private async Task<string[]> MailsAsync() => [.. (await Hub.MailsAsync()).Select(mail => $"{mail.To.Split('@')[0]}: {mail.Template}")];

    private Task<string[]> ErasedAsync() => Hub.ReadAsync(async reader =>
        (await reader.Db.Outbox.AsNoTracking().Where(row => row.Kind == ErasureNotice.Kind).OrderBy(row => row.Sequence).ToListAsync())
            .Select(row => JsonSerializer.Deserialize<ErasureNotice>(Hub.Sealer.Open("outbox", ErasureNotice.Kind, row.SealedPayload!))!.About).OfType<string>().ToArray());

    [Fact]
    public async Task What_the_erased_were_to_read_about_others_goes_from_the_outbox_and_what_others_read_stays()
    {
        await DeactivateAsync(mem);
        Assert.Equal(["mem: deactivated", "ada: deactivated-primary", "bob: deactivated-primary", "cyd: deactivated-primary"], await MailsAsync());
        Assert.Equal(UserLifecycle.StatusResult.Changed, await DeleteAsync(ada));
        Assert.Equal(
            ["mem: deactivated", "bob: deactivated-primary", "cyd: deactivated-primary", "ada: removed", "bob: removed-primary", "cyd: removed-primary"], await MailsAsync());
        Assert.DoesNotContain(Hub.Everything(), row => row.Contains(ada.UserId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_last_notice_about_one_goes_with_whoever_reads_it()
    {
        await DeleteAsync(mem);
        Assert.Equal(["mem: removed", "ada: removed-primary", "bob: removed-primary", "cyd: removed-primary"], await MailsAsync());
        await DeleteAsync(ada);
        Assert.Equal(["mem: removed", "bob: removed-primary", "cyd: removed-primary", "ada: removed", "bob: removed-primary", "cyd: removed-primary"], await MailsAsync());
    }

    [Fact]
    public async Task A_mail_carries_the_pseudonyms_by_which_it_is_erased_of_both_and_a_last_notice_none_of_who_is_gone()
    {
        await DeactivateAsync(mem);
        var (toMem, toAda, toBob) = (await Hub.MailsAsync()) switch { [var first, var second, var third, _] => (first, second, third), _ => throw new InvalidOperationException() };
        Assert.Equal(toMem.About, toMem.For);
        Assert.Equal(toMem.About, toAda.About);
        Assert.Equal(4, new[] { toMem.About, toAda.For, toBob.For, null }.Distinct().Count());
        await Hub.WriteAsync(transaction => transaction.Db.Outbox.ExecuteDeleteAsync());

        await DeleteAsync(ada);
        var (toWhoIsGone, toThird) = (await Hub.MailsAsync()) switch { [var first, var second, ..] => (first, second), _ => throw new InvalidOperationException() };
        Assert.Equal((null, null), (toWhoIsGone.About, toWhoIsGone.For));
        Assert.Equal((null, toBob.For), (toThird.About, toThird.For));
        await DeleteAsync(mem);
        Assert.Equal([toAda.For!, toMem.For!], await ErasedAsync());
    }

    [Fact]
    public async Task A_guest_who_is_removed_and_then_erased_at_home_leaves_the_notice_of_home_alone()
    {
        await Hub.AddMemberAsync("lead", "other", Role.Administrator);
        var guest = await Hub.AddMemberAsync("mem", "other");
        await DeleteAsync(guest);
        Assert.Equal(["mem: removed", "lead: removed-primary"], (await MailsAsync())[^2..]);
        await DeleteAsync(mem);
        Assert.Equal(["mem: removed", "ada: removed-primary", "bob: removed-primary", "cyd: removed-primary"], await MailsAsync());
        Assert.Contains("Account home", (await Hub.MailsAsync())[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_told_of_another_Primary_User_goes_with_the_candidate_and_with_each_who_reads_it()
    {
        await Hub.Store.WriteAsync(new Domain.Audit.Actor.Person(ada.UserId), transaction => PrimaryTransfer.RequestAsync(transaction, "home", bob.MembershipId, "because"));
        Assert.Equal(["ada: primary-requested", "bob: primary-requested"], (await MailsAsync()).Order());
        var mails = await Hub.MailsAsync();
        Assert.All(mails, mail => Assert.Equal((mails[0].About, bob.UserId), (mail.About, mail.UserId)));
        Assert.Equal(mails[0].About, mails.Single(mail => mail.To == "bob@mail.example").For);
        Assert.NotEqual(mails[0].About, mails.Single(mail => mail.To == "ada@mail.example").For);
        await DeleteAsync(ada);
        Assert.Equal(["ada: removed", "bob: primary-requested"], (await MailsAsync()).Where(mail => !mail.Contains("removed-primary", StringComparison.Ordinal) && !mail.Contains("ended", StringComparison.Ordinal)).Order());
    }
}
