using IdentityHub.EndToEnd.Tests.Fixtures;
using Xunit;

namespace IdentityHub.EndToEnd.Tests;

/// <summary>How the demo starts and ends as a process.</summary>
[Collection(WithBrowser.Name)]
[Trait("Speed", "slow")]
public sealed class DemoProcessTests
{
    [Theory]
    [InlineData("https://0.0.0.0:5001")]
    [InlineData("https://*:5001")]
    [InlineData("https://localhost:5001;https://192.0.2.1:5001")]
    public async Task It_refuses_to_listen_on_anything_but_loopback(string urls)
    {
        var folder = Directory.CreateTempSubdirectory("identityhub-demo-").FullName;
        await using (var process = ChildProcess.StartHub(["demo", "--urls", urls, "--Hub:DataDirectory", folder], Checkout.Root))
        {
            Assert.Equal(1, await process.WaitAsync(TimeSpan.FromSeconds(20)));
            Assert.Contains("everyone knows its passwords", process.Output, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFileSystemEntries(folder));
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_apps_end_when_the_demo_is_killed()
    {
        var demo = new Demo();
        await demo.InitializeAsync();
        try
        {
            demo.Process.KillAlone();
            var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(10);
            while ((await Web.AnswersAsync(demo.Portal + "/health/live") || await Web.AnswersAsync(demo.Console + "/health/live")) && TimeProvider.System.GetUtcNow() < deadline)
            {
                await Task.Delay(100);
            }

            Assert.False(await Web.AnswersAsync(demo.Portal + "/health/live"));
            Assert.False(await Web.AnswersAsync(demo.Console + "/health/live"));
        }
        finally
        {
            await demo.DisposeAsync();
        }
    }
}
