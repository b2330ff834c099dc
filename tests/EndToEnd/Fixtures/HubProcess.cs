namespace IdentityHub.EndToEnd.Tests.Fixtures;

/// <summary>The built hub as a process of its own, over https on a free port, with a data directory of its own.</summary>
internal sealed class HubProcess : IAsyncDisposable
{
    private readonly string folder;

    private HubProcess(string folder, ChildProcess process, string issuer)
    {
        this.folder = folder;
        Process = process;
        Issuer = issuer;
    }

    public ChildProcess Process { get; }

    public string Issuer { get; }

    public static async Task<HubProcess> StartAsync(string? configurationFile = null)
    {
        var folder = Directory.CreateTempSubdirectory("identityhub-e2e-").FullName;
        var issuer = $"https://localhost:{Checkout.FreePort()}";
        List<string> arguments = ["--urls", issuer, "--Hub:DataDirectory", Path.Combine(folder, "data")];
        if (configurationFile is not null)
        {
            var file = Path.Combine(folder, "hub.json");
            await File.WriteAllTextAsync(file, configurationFile);
            arguments.AddRange(["--Hub:ConfigurationFile", file]);
        }

        var hub = new HubProcess(folder, ChildProcess.StartHub(arguments, Checkout.Root), issuer);
        try
        {
            await hub.Process.UntilAsync(() => Web.AnswersAsync(issuer + "/health/ready"), TimeSpan.FromSeconds(30), "hub that is ready");
            return hub;
        }
        catch
        {
            await hub.DisposeAsync();
            throw;
        }
    }

    /// <summary>Changes the database behind the hub's back.</summary>
    public void Execute(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(folder, "data", "hub.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
