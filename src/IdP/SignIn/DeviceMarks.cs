using System.Buffers.Text;
using System.Text;
using IdentityHub.Domain;
using IdentityHub.Domain.Sealing;

namespace IdentityHub.IdP.SignIn;

/// <summary>Marks a browser in which a user has signed in, so that it keeps attempts of its own. It opens nothing and skips nothing.</summary>
internal sealed class DeviceMarks(Sealer sealer)
{
    private const string Purpose = "device-mark";

    public sealed record Mark(string Id, string UserId);

    public string Make(string userId) => Base64Url.EncodeToString(sealer.Seal(Purpose, "", Encoding.ASCII.GetBytes($"{RandomId.New()}{userId}")));

    /// <returns>Null when there is none or it is not the hub's.</returns>
    public Mark? Read(string? cookie)
    {
        if (cookie is null || !Base64Url.IsValid(cookie) || sealer.Open(Purpose, "", Base64Url.DecodeFromChars(cookie)) is not { Length: 64 } plain)
        {
            return null;
        }

        var text = Encoding.ASCII.GetString(plain);
        return new(text[..32], text[32..]);
    }
}
