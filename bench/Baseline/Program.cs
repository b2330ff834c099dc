using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

// What the machine allows: bare Kestrel, one middleware, nothing else. The hub's endpoints are measured beside it in the same run.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(args[0]);
var app = builder.Build();

var json = new byte[600];
json.AsSpan().Fill((byte)' ');
"{}"u8.CopyTo(json);

using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var header = Base64Url.EncodeToString("""{"alg":"ES256","typ":"at+jwt","kid":"0123456789abcdef"}"""u8);
var claims = """{"iss":"http://127.0.0.1:5000","sub":"bench","aud":"http://127.0.0.1:5000","exp":1800000300,"iat":1800000000,"jti":"0123456789abcdef0123456789abcdef","client_id":"bench","scope":"scim scim.read"}"""u8.ToArray();

app.Run(context =>
{
    context.Response.ContentType = "application/json";
    var body = context.Request.Path.Value == "/sign" ? Token() : json;
    context.Response.ContentLength = body.Length;
    return context.Response.Body.WriteAsync(body).AsTask();
});
await app.RunAsync();

byte[] Token()
{
    var signed = $"{header}.{Base64Url.EncodeToString(claims)}";
    var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
    return Encoding.ASCII.GetBytes($$"""{"access_token":"{{signed}}.{{Base64Url.EncodeToString(signature)}}","token_type":"Bearer","expires_in":300,"scope":"scim scim.read"}""");
}
