using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IdentityHub.RelyingParty.Pages;

/// <summary>The style sheet and the icon, carried in the assembly so that an application is one folder without extras.</summary>
internal static class SiteAssets
{
    private static readonly byte[] Style = Read("site.css");
    private static readonly byte[] Icon = Read("icon.svg");
    private static readonly byte[] Script = Read("live.js");

    /// <summary>Changes with the content, so that no browser shows a new page with an old sheet.</summary>
    public static readonly string StyleUrl = "/site.css?v=" + Convert.ToHexStringLower(SHA256.HashData(Style).AsSpan(0, 6));

    public static IResult SendStyle(HttpContext context) => Send(context, Style, "text/css; charset=utf-8");

    public static IResult SendIcon(HttpContext context) => Send(context, Icon, "image/svg+xml");

    public static IResult SendScript(HttpContext context) => Send(context, Script, "text/javascript; charset=utf-8");

    private static FileContentHttpResult Send(HttpContext context, byte[] content, string type)
    {
        context.Response.Headers.CacheControl = "public, max-age=86400";
        return TypedResults.Bytes(content, type);
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(SiteAssets).Assembly.GetManifestResourceStream($"IdentityHub.RelyingParty.Assets.{name}")
            ?? throw new InvalidOperationException($"{name} is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
