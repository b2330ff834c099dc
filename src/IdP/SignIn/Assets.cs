using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>The stylesheet of the pages, from the assembly itself. Its address changes with its content, so it is cached for ever.</summary>
internal static class Assets
{
    private static readonly byte[] Stylesheet = Read("IdentityHub.IdP.Assets.hub.css");

    public static string StylesheetPath { get; } = $"/assets/hub.{Convert.ToHexStringLower(SHA256.HashData(Stylesheet))[..16]}.css";

    public static Task HandleAsync(HttpContext context)
    {
        context.Response.ContentType = "text/css; charset=utf-8";
        context.Response.ContentLength = Stylesheet.Length;
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.BodyWriter.WriteAsync(Stylesheet, context.RequestAborted).AsTask();
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(Assets).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The resource {name} is missing from the build.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray();
    }
}
