using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;

namespace IdentityHub.RelyingParty;

/// <summary>How a sample application starts, wherever it is started from.</summary>
public static class SampleHost
{
    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    /// <summary>A builder whose settings lie beside the program, and which listens at its default address unless told otherwise.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args, AppIdentity app)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        if (AddressKeys.All(key => string.IsNullOrEmpty(builder.Configuration[key]))
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(app.DefaultUrl);
        }

        return builder;
    }

    /// <summary>Whoever started the application holds the other end of its standard input: when that is gone, so is the application.</summary>
    private static void StopWithStandardInput(WebApplication app) => _ = Task.Run(async () =>
    {
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        app.Lifetime.StopApplication();
    });

    /// <returns>The exit code: 1 when the configuration is wrong, with one message that lists everything.</returns>
    public static async Task<int> RunAsync(Func<WebApplication> build)
    {
        try
        {
            await using var app = build();
            if (app.Configuration.GetValue<bool>("ExitWithStandardInput"))
            {
                StopWithStandardInput(app);
            }

            await app.RunAsync();
            return 0;
        }
        catch (SettingsException fault)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 1;
        }
    }
}
