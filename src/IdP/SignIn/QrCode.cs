using System.Globalization;
using System.Text;
using QRCoder;

namespace IdentityHub.IdP.SignIn;

/// <summary>A QR code as one path of SVG: no style, no script, nothing that a Content-Security-Policy would have to allow.</summary>
internal static class QrCode
{
    /// <returns>The path, and how many modules the code is wide and high with the quiet zone around it.</returns>
    public static (string Path, int Size) Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Count; x++)
            {
                if (rows[y][x])
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{x} {y}h1v1h-1z");
                }
            }
        }

        return (path.ToString(), rows.Count);
    }
}
