using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>The stylesheet, the icon and the script of the pages, from the assembly itself. Their addresses change with their content, so they are cached for ever.</summary>
internal static class Assets
{
    private static readonly byte[] Stylesheet = Read("hub.css");
    private static readonly byte[] Icon = Read("icon.svg");

    private static readonly byte[] Passkeys = Read("passkeys.js");

    public static string StylesheetPath { get; } = $"/assets/hub.{Mark(Stylesheet)}.css";

    public static string IconPath { get; } = $"/assets/icon.{Mark(Icon)}.svg";

    public static string PasskeysPath { get; } = $"/assets/passkeys.{Mark(Passkeys)}.js";

    public static Task HandleAsync(HttpContext context) => SendAsync(context, Stylesheet, "text/css; charset=utf-8");

    public static Task HandleIconAsync(HttpContext context) => SendAsync(context, Icon, "image/svg+xml");

    public static Task HandlePasskeysAsync(HttpContext context) => SendAsync(context, Passkeys, "text/javascript; charset=utf-8");

    private static async Task SendAsync(HttpContext context, byte[] content, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.BodyWriter.WriteAsync(content, context.RequestAborted);
    }

    private static string Mark(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content))[..16];

    private static byte[] Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream("IdentityHub.IdP.Assets." + name) ?? throw new InvalidOperationException($"The resource {name} is missing from the build.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
