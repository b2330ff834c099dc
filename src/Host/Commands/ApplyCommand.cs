using IdentityHub.Domain.Clients;
using IdentityHub.Domain.Credentials;
using IdentityHub.Domain.Persistence;
using IdentityHub.Host.ConfigurationFile;

namespace IdentityHub.Host.Commands;

/// <summary>Applies a configuration file to the database and exits. Beside a running hub it takes effect there at once.</summary>
internal static class ApplyCommand
{
    public static async Task<int> RunAsync(string file, string[] args)
    {
        if (!File.Exists(file))
        {
            throw new StartFailedException($"There is no file {file}.");
        }

        await using var services = await CoreServices.OpenAsync(args);
        var changed = await ApplyAsync(services, file, CancellationToken.None);
        Console.WriteLine(changed == 0 ? "Everything was so already; nothing was changed." : $"Applied: {changed} changed.");
        return 0;
    }

    /// <returns>How many things were changed.</returns>
    /// <exception cref="StartFailedException">The file has faults, all of which are named; nothing was applied.</exception>
    public static async Task<int> ApplyAsync(IServiceProvider services, string file, CancellationToken cancellationToken) =>
        ChangedBy(await HubFileApplier.ApplyAsync(
            services.GetRequiredService<IHubStore>(), services.GetRequiredService<PasswordHashing>(), services.GetRequiredService<ClientSecret>(), file, cancellationToken));

    public static int ChangedBy(HubFileResult result) => result switch
    {
        HubFileResult.Applied applied => applied.Changed,
        HubFileResult.Faults faults => throw new StartFailedException(HubFileFaults.Render(faults.List)),
        _ => throw new InvalidOperationException("The result is closed."),
    };
}
