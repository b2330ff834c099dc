using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host.Commands;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityHub.Host.Tests.Commands;

public sealed class LoadCommandTests : IDisposable
{
    private readonly Scratch scratch = new();

    private string[] Configuration => ["--Hub:DataDirectory", scratch.At("data"), "--Hub:Issuer", "https://hub.example"];

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Loading_goes_on_where_an_earlier_run_ended()
    {
        await ApplyAsync();

        Assert.Equal(0, await CommandLine.RunAsync(["load", "--account", "north", "--users", "3", .. Configuration]));
        Assert.Equal(0, await CommandLine.RunAsync(["load", "--account", "north", "--users", "7", "--groups", "2", "--members", "5", .. Configuration]));
        Assert.Equal(0, await CommandLine.RunAsync(["load", "--account", "north", "--users", "7", "--groups", "2", "--members", "5", .. Configuration]));

        await using var services = await CoreServices.OpenAsync(Configuration);
        var (members, groups) = await services.GetRequiredService<IHubStore>().ReadAsync(reader => Task.FromResult((
            MemberDirectory.Page(reader, new("north", null, DirectoryOrder.UserName)), GroupDirectory.Page(reader, new("north", null)).Select(group => GroupDirectory.Members(reader, group.Id).Count).ToList())));
        Assert.Equal(Enumerable.Range(1, 7).Select(number => $"user-000000{number}@north.example"), members.Select(member => member.UserName));
        Assert.Equal(Enumerable.Range(1, 7).Select(number => $"ext-000000{number}"), members.Select(member => member.ExternalId));
        Assert.All(members, member => Assert.True(member is { Home: true, Status: MembershipStatus.Active }));
        Assert.Equal([5, 5], groups);
    }

    [Theory]
    [InlineData("--users", "5")]
    [InlineData("--account", "south", "--users", "5")]
    [InlineData("--account", "north", "--users", "many")]
    public async Task What_cannot_be_loaded_is_told(params string[] arguments)
    {
        await ApplyAsync();

        Assert.Equal(1, await CommandLine.RunAsync(["load", .. arguments, .. Configuration]));
    }

    private async Task ApplyAsync()
    {
        var file = scratch.Write("hub.json", """{ "accounts": [ { "id": "north", "name": "North" } ] }""");
        Assert.Equal(0, await CommandLine.RunAsync(["apply", file, .. Configuration]));
    }
}
