using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Permissions;
using IdentityHub.Domain.Users;
using IdentityHub.EndToEnd.Tests.Fixtures;
using IdentityHub.Testing;
using Microsoft.Playwright;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>The pages for people whom an account invites, in a hub of this process: invitations come from the directory's own operations.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class InvitationPagesTests(Chromium chromium) : IAsyncLifetime
{
    private const string Password = "a long enough passphrase";
    private RunningHub hub = null!;

    public async Task InitializeAsync() => hub = await RunningHub.StartAsync(SampleDirectory.Json);

    public async Task DisposeAsync() => await hub.DisposeAsync();

    [Fact]
    public async Task A_first_password_by_invitation()
    {
        await hub.WriteAsync(async transaction =>
        {
            var created = (UserLifecycle.CreateResult.Created)await UserLifecycle.CreateAsync(transaction, new("ivy@northside.example", "Ivy", "New", "ivy@northside.example", false, false));
            var added = (Memberships.AddResult.Added)await Memberships.AddAsync(transaction, new(created.User.Id, "northside", Role.User, null, MembershipStatus.Active));
            return await Invitations.InviteAsync(transaction, added.Membership.Id, hub.Issuer);
        });
        var link = await LinkAsync();
        await using var visitor = await chromium.NewVisitorAsync();
        await visitor.GoAsync(link);
        await Gallery.HangAsync(visitor, "hub-invitation");
        await visitor.Page.Locator("#new-password").FillAsync(Password);
        await visitor.Page.Locator("#new-password-again").FillAsync("another passphrase");
        await visitor.PressAsync("Save password");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Gallery.HangAsync(visitor, "hub-invitation-wrong");
        await visitor.Page.Locator("#new-password").FillAsync(Password);
        await visitor.Page.Locator("#new-password-again").FillAsync(Password);
        await visitor.PressAsync("Save password");
        await visitor.SeesHeadingAsync("You can sign in now");
        await Gallery.HangAsync(visitor, "hub-invitation-done");
        await visitor.GoAsync(link);
        await visitor.SeesHeadingAsync("You have a password already");
        await Gallery.HangAsync(visitor, "hub-invitation-used");
        visitor.HasNoComplaints();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_guest_is_asked(bool script)
    {
        await hub.WriteAsync(async transaction =>
        {
            var pat = await Users.FindByNameAsync(transaction, CanonicalName.Of(SampleDirectory.Pat)!);
            await Memberships.AddAsync(transaction, new(pat!.Id, "brightfix", Role.User, PermissionLevel.Support, MembershipStatus.Invited));
            return true;
        });
        await using var visitor = await chromium.NewVisitorAsync(script);
        await visitor.GoAsync(hub.Issuer + SampleDirectory.Portal(hub).AuthorizeAddress());
        await visitor.GivePasswordAsync(SampleDirectory.Pat, SampleDirectory.Password);
        await visitor.SeesHeadingAsync("Brightfix Remote Support wants to add you as a member");
        if (script)
        {
            await Gallery.HangAsync(visitor, "hub-membership");
        }

        await visitor.PressAsync("Accept");
        await visitor.SeesHeadingAsync("Choose an account");
        await Assertions.Expect(visitor.Page.Locator("button[name='account'][value='brightfix']")).ToBeVisibleAsync();
        visitor.HasNoComplaints();
    }

    private async Task<string> LinkAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var folder = Path.Combine(hub.DataDirectory, "mail");
        while (true)
        {
            if (Directory.Exists(folder) && Directory.GetFiles(folder, "*.eml") is [var file])
            {
                var mail = (await File.ReadAllTextAsync(file, limit.Token)).Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
                return hub.Issuer + "/invitation?token=" + mail.Split("/invitation?token=")[1][..43];
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
