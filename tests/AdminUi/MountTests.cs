using System.Net;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.AdminUi.Tests;

/// <summary>A process serves the pages of the parts that it mounts, and no others.</summary>
public sealed class MountTests
{
    [Fact]
    public async Task A_provider_alone_serves_no_console()
    {
        await using var hub = await RunningHub.StartAsync(SampleDirectory.Json, ["--Hub:Mount", "IdP"]);
        using var http = hub.NewClient();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/admin")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/.well-known/openid-configuration")).StatusCode);
    }

    [Fact]
    public async Task A_console_alone_serves_no_sign_in_pages_and_signs_people_in_at_a_provider_that_runs_apart()
    {
        await using var provider = await RunningHub.StartAsync(SampleDirectory.Json, ["--Hub:Mount", "IdP"]);
        await using var apart = await provider.RestartAsync("--Hub:Mount", "AdminUi");
        using var http = apart.NewClient();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/sign-in")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/token")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/admin/assets/console.css")).StatusCode);
    }
}
