using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.AdminUi;

/// <summary>Stylesheet, scripts and icon of the console, from the assembly itself. Asked for with the mark of their content they are cached for ever, otherwise asked about each time: modules name each other without one.</summary>
internal static class Assets
{
    public const string Path = "/admin/assets/";
    private const string Prefix = "IdentityHub.AdminUi.Assets.";

    private static readonly FrozenDictionary<string, Asset> All = Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => name[Prefix.Length..], name => Read(name), StringComparer.Ordinal);

    private sealed record Asset(byte[] Content, string Type, string Mark);

    /// <returns>The address of an asset, with the mark of its content.</returns>
    public static string Address(string name) => $"{Path}{name}?v={All[name].Mark}";

    public static async Task HandleAsync(HttpContext context, string name)
    {
        if (!All.TryGetValue(name, out var asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var tag = $"\"{asset.Mark}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = context.Request.Query["v"] == asset.Mark ? "public, max-age=31536000, immutable" : "no-cache";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = asset.Content.Length;
        await context.Response.BodyWriter.WriteAsync(asset.Content, context.RequestAborted);
    }

    private static Asset Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var content = memory.ToArray();
        return new(content, TypeOf(name), Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
    }

    private static string TypeOf(string name) => System.IO.Path.GetExtension(name) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"Nobody said what an asset of type {other} is served as."),
    };
}
