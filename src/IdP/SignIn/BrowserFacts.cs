using IdentityHub.Domain.Sessions;
using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>What the hub remembers of a browser.</summary>
internal sealed class BrowserFacts(Cookies cookies, DeviceMarks marks)
{
    /// <returns>The network address that the browser comes from; null where the connection has none.</returns>
    public static string? AddressOf(HttpContext context) => Device(context).Address;

    /// <returns>Who signed in in this browser before; null for a browser that is new here.</returns>
    public DeviceMarks.Mark? Mark(HttpRequest request) => marks.Read(cookies.Device(request));

    /// <returns>What the browser says of itself and from where it comes, for its owner to recognise.</returns>
    public static SessionDevice Device(HttpContext context) => SessionDevice.Of(context.Request.Headers.UserAgent, context.Connection.RemoteIpAddress);
}
