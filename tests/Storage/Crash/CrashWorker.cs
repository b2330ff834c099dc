namespace IdentityHub.Storage.Tests.Crash;

internal static class CrashWorker
{
    public const string Command = "crash-worker";

    public static Task<int> RunAsync(string file) => Task.FromResult(file.Length);
}
