using IdentityHub.Storage.Tests.Crash;

namespace IdentityHub.Storage.Tests;

/// <summary>The kill tests start this assembly again as a process of its own; the test runner never enters here.</summary>
internal static class Program
{
    public static Task<int> Main(string[] args) => args switch
    {
        [CrashWorker.Command, var file] => CrashWorker.RunAsync(file),
        _ => Task.FromResult(2),
    };
}
