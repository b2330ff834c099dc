using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests;

/// <summary>A hub of its own for each test.</summary>
public abstract class HubTests : IAsyncLifetime
{
    protected TestHub Hub { get; private set; } = null!;

    public virtual async Task InitializeAsync() => Hub = await TestHub.StartAsync();

    public async Task DisposeAsync() => await Hub.DisposeAsync();
}
