using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;
using IdentityHub.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.AdminUi.Tests;

public sealed class TimesTests
{
    private const string Root = "/admin/accounts/northside";

    [Fact]
    public async Task Every_page_says_moments_in_the_zone_that_the_person_chose()
    {
        await using var console = await ConsoleHub.StartAsync();
        var pat = await console.SignInAsync(SampleDirectory.Pat, Root + "/users");
        var pages = await FillAsync(console);
        var words = console.Hub.Time.Now.AddHours(9).ToString("d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var page in pages)
        {
            await pat.GoAsync(page);
            Assert.True(pat.Page!.Text.Contains(words, StringComparison.Ordinal), $"{page}: {pat.Page.Text}");
            Assert.DoesNotContain("UTC", pat.Page.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>Something at this moment on each page.</summary>
    private static async Task<List<string>> FillAsync(ConsoleHub console)
    {
        var hub = console.Hub;
        var pat = await console.MemberIdAsync(SampleDirectory.Pat, "northside");
        var dana = await console.MemberIdAsync(SampleDirectory.Dana, "northside");
        var acting = new Actor.Person((await hub.ReadAsync(reader => Task.FromResult(MemberStates.Find(reader, "northside", pat))))!.UserId);
        var store = hub.Services.GetRequiredService<IHubStore>();
        await store.WriteAsync(acting, transaction => Preferences.SetAsync(transaction, acting.UserId, new(null, "Asia/Tokyo", Theme.System)));
        await store.WriteAsync(acting, transaction => ProvisioningTokens.MakeAsync(transaction, "northside", "HR", transaction.Now));
        await store.WriteAsync(acting, transaction => Billing.SaveAsync(transaction, "northside", new("Bob", null, null, null, null, null, null, null), 0));
        var request = (PrimaryTransfer.RequestResult.Made)await store.WriteAsync(acting, transaction => PrimaryTransfer.RequestAsync(transaction, "northside", dana, "Because"));
        await store.WriteAsync(acting, transaction => PrimaryTransfer.DeclineAsync(transaction, "northside", request.Id));
        var job = (Domain.Jobs.Jobs.PrepareResult.Preparing)await store.WriteAsync(
            acting, transaction => Domain.Jobs.Jobs.PrepareAsync(transaction, "northside", new JobAction.Deactivate(), new Domain.Jobs.Jobs.Selection.Named([dana])));
        var invited = (NewMembers.AddResult.Added)await store.WriteAsync(
            acting, transaction => NewMembers.AddAsync(transaction, "northside", new() { GivenName = "Nia", FamilyName = "New", Email = "nia@northside.example" }, hub.Issuer));
        return
        [
            Root + "/users", $"{Root}/users/{pat}", $"{Root}/users/{invited.State.Id}", Root + "/jobs", $"{Root}/jobs/{job.JobId}", Root + "/provisioning", Root + "/primary",
            Root + "/plan", Root + "/plan/free?application=expert-console&capacity=0", Root + "/billing",
        ];
    }
}
