using IdentityHub.Domain.Permissions;
using Xunit;

namespace IdentityHub.AdminUi.Tests.Jobs;

/// <content>What makes administrators of many at once.</content>
public sealed partial class JobPagesTests
{
    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task Administrators_are_made_in_bulk_or_by_file_only_after_a_fresh_sign_in(bool byFile)
    {
        if (byFile)
        {
            await browser.GoAsync(Root + "/import");
            await UploadAsync("email,role\nu1@north.example,Administrator\n");
            await browser.SendAsync("main form");
        }
        else
        {
            await SelectAsync("u1@north.example");
            await browser.SendAsync("form.card", ("do", "role-administrator"));
        }

        var job = browser.Page!.Address.AbsolutePath;
        console.Hub.Time.Advance(TimeSpan.FromMinutes(16));
        await browser.PressAsync("Start");
        Assert.True(browser.Page!.Asks("current-password"));
        Assert.Equal(Role.User, (await StateAsync("u1@north.example")).Role);
        await console.FinishSignInAsync(browser, Ada);
        Assert.Equal(job, browser.Page!.Address.AbsolutePath);
        await browser.PressAsync("Start");
        Assert.Equal(Role.Administrator, (await StateAsync("u1@north.example")).Role);
    }
}
