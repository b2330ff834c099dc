using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.IdP.Tests;

/// <summary>One hub for the tests of a class. Each test signs in with browsers of its own; what would disturb others starts a hub of its own.</summary>
public sealed class HubFixture : IAsyncLifetime
{
    public RunningHub Hub { get; private set; } = null!;

    public async Task InitializeAsync() => Hub = await RunningHub.StartAsync(SampleDirectory.Json);

    public async Task DisposeAsync() => await Hub.DisposeAsync();
}
