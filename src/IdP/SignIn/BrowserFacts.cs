using Microsoft.AspNetCore.Http;

namespace IdentityHub.IdP.SignIn;

/// <summary>What the hub remembers of a browser.</summary>
internal sealed class BrowserFacts(Cookies cookies, DeviceMarks marks)
{
    /// <returns>Who signed in in this browser before; null for a browser that is new here.</returns>
    public DeviceMarks.Mark? Mark(HttpRequest request) => marks.Read(cookies.Device(request));
}
