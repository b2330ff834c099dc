using System.Globalization;
using System.Text;
using IdentityHub.Bench.Protocol;

namespace IdentityHub.Bench.Scim;

/// <summary>Requests as bytes.</summary>
internal static class Requests
{
    public static string UserName(int number) => string.Create(CultureInfo.InvariantCulture, $"user-{number:0000000}@{Site.Account}.example");

    public static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET /scim/v2{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Site.Token}\r\n\r\n");

    public static byte[] Filter(string filter) => Get("/Users?filter=" + Uri.EscapeDataString(filter));

    public static byte[] Send(string method, string path, string body) => Encoding.ASCII.GetBytes(
        $"{method} /scim/v2{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {Site.Token}\r\nContent-Type: application/scim+json\r\nContent-Length: {body.Length}\r\n\r\n{body}");

    public static byte[] Patch(string path, string op, string attribute, string value) => Send(
        "PATCH", path, $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"{{op}}","path":"{{attribute}}","value":{{value}}}]}""");

    /// <summary>A member as an HR system sends one; without an address nothing is mailed.</summary>
    public static byte[] Post(string name, bool withMail)
    {
        var emails = withMail ? $$""","emails":[{"value":"{{name}}@new.example","type":"work","primary":true}]""" : "";
        return Send(
            "POST", "/Users",
            $$$"""
            {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"{{{name}}}","externalId":"{{{name}}}",
            "name":{"givenName":"Nova","familyName":"Newman","formatted":"Nova Newman"},"displayName":"Nova Newman","active":true,
            "phoneNumbers":[{"value":"+1-555-0000000","type":"work"}]{{{emails}}},
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Science"}}
            """);
    }

    public static Answer Expect(Answer answer, int status) =>
        answer.Status == status ? answer : throw new InvalidOperationException($"Expected {status}: {answer.Head}\n{answer.Body[..Math.Min(2000, answer.Body.Length)]}");
}
