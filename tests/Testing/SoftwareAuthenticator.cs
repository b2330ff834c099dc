using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdentityHub.Testing;

/// <summary>A passkey that a <see cref="SoftwareAuthenticator"/> holds.</summary>
public sealed class SoftwarePasskey(byte[] id, string userHandle, AsymmetricAlgorithm key)
{
    public byte[] IdBytes => id;

    public string Id => Base64Url.EncodeToString(id);

    /// <summary>As in the options that it was made for, base64url.</summary>
    public string UserHandle => userHandle;

    public AsymmetricAlgorithm Key => key;

    /// <summary>How often it was used; stays 0 where the authenticator does not count.</summary>
    public uint Count { get; set; }
}

/// <summary>What a browser and an authenticator put into an answer before it is signed. A test changes what it likes.</summary>
public sealed class PasskeyAnswer
{
    public required JsonObject ClientData { get; init; }

    public required string RelyingPartyId { get; set; }

    public required byte Flags { get; set; }

    public required uint Count { get; set; }

    public required string Id { get; set; }

    /// <summary>Null for none.</summary>
    public string? UserHandle { get; set; }
}

/// <summary>A browser with an authenticator, as far as its answers go (WebAuthn Level 3 §6): ES256 or RS256, attestation "none".</summary>
public sealed class SoftwareAuthenticator(string origin, string relyingPartyId)
{
    public const byte UserPresent = 0x01;
    public const byte UserVerified = 0x04;
    public const byte BackupEligible = 0x08;
    public const byte BackedUp = 0x10;
    private const byte HasCredential = 0x40;

    public SoftwareAuthenticator(RunningHub hub)
        : this(hub.Issuer, new Uri(hub.Issuer).Host)
    {
    }

    public List<SoftwarePasskey> Passkeys { get; } = [];

    /// <summary>What it says of itself with every answer.</summary>
    public byte Flags { get; set; } = UserPresent | UserVerified;

    /// <summary>By how much its count moves on with each use; 0: it does not count.</summary>
    public uint CountsBy { get; set; } = 1;

    /// <summary>Whether it makes RSA keys.</summary>
    public bool Rsa { get; set; }

    /// <summary>Makes a passkey for the options of a registration.</summary>
    /// <returns>What <c>toJSON</c> of the browser gives.</returns>
    public JsonObject Create(JsonElement options, Action<PasskeyAnswer>? change = null)
    {
        var passkey = Add(options.GetProperty("user").GetProperty("id").GetString()!);
        var answer = Answer("webauthn.create", options, passkey, (byte)(Flags | HasCredential));
        change?.Invoke(answer);
        byte[] data = [.. DataOf(answer), .. new byte[16], (byte)(passkey.IdBytes.Length >> 8), (byte)passkey.IdBytes.Length, .. passkey.IdBytes, .. CoseOf(passkey.Key)];
        byte[] attestation = [0xA3, .. Text("fmt"), .. Text("none"), .. Text("attStmt"), 0xA0, .. Text("authData"), .. Bytes(data)];
        return Whole(answer, new()
        {
            ["attestationObject"] = Base64Url.EncodeToString(attestation), ["clientDataJSON"] = ClientDataOf(answer), ["transports"] = new JsonArray("internal", "hybrid"),
            ["publicKeyAlgorithm"] = Rsa ? -257 : -7, ["authenticatorData"] = Base64Url.EncodeToString(data),
        });
    }

    /// <summary>Signs for the options of a request, with the first passkey that they allow.</summary>
    /// <param name="options">As the hub sent them.</param>
    /// <param name="change">Changes what is signed.</param>
    /// <param name="with">Another passkey.</param>
    public JsonObject Get(JsonElement options, Action<PasskeyAnswer>? change = null, SoftwarePasskey? with = null)
    {
        var allowed = options.TryGetProperty("allowCredentials", out var list) ? list.EnumerateArray().Select(one => one.GetProperty("id").GetString()).ToList() : [];
        var passkey = with ?? Passkeys.First(one => allowed.Count == 0 || allowed.Contains(one.Id));
        passkey.Count += CountsBy;
        var answer = Answer("webauthn.get", options, passkey, Flags);
        change?.Invoke(answer);
        var data = DataOf(answer);
        var client = ClientDataOf(answer);
        byte[] signed = [.. data, .. SHA256.HashData(Base64Url.DecodeFromChars(client))];
        var signature = passkey.Key switch
        {
            ECDsa key => key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            RSA key => key.SignData(signed, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            _ => throw new InvalidOperationException(),
        };
        return Whole(answer, new()
        {
            ["authenticatorData"] = Base64Url.EncodeToString(data), ["clientDataJSON"] = client, ["signature"] = Base64Url.EncodeToString(signature), ["userHandle"] = answer.UserHandle,
        });
    }

    /// <summary>Makes a passkey that the hub has not heard of.</summary>
    /// <param name="userHandle">Base64url.</param>
    public SoftwarePasskey Add(string userHandle)
    {
        AsymmetricAlgorithm key = Rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var passkey = new SoftwarePasskey(RandomNumberGenerator.GetBytes(32), userHandle, key);
        Passkeys.Add(passkey);
        return passkey;
    }

    /// <summary>COSE_Key, as the hub keeps it.</summary>
    public static byte[] CoseOf(AsymmetricAlgorithm key)
    {
        if (key is RSA rsa)
        {
            var rsaKey = rsa.ExportParameters(false);
            return [0xA4, 0x01, 0x03, 0x03, 0x39, 0x01, 0x00, 0x20, .. Bytes(rsaKey.Modulus!), 0x21, .. Bytes(rsaKey.Exponent!)];
        }

        var point = ((ECDsa)key).ExportParameters(false).Q;
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, .. Bytes(point.X!), 0x22, .. Bytes(point.Y!)];
    }

    public static string HandleOf(string userId) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(userId));

    private PasskeyAnswer Answer(string type, JsonElement options, SoftwarePasskey passkey, byte flags) => new()
    {
        ClientData = new() { ["type"] = type, ["challenge"] = options.GetProperty("challenge").GetString(), ["origin"] = origin, ["crossOrigin"] = false },
        RelyingPartyId = relyingPartyId, Flags = flags, Count = passkey.Count, Id = passkey.Id, UserHandle = passkey.UserHandle,
    };

    private static byte[] DataOf(PasskeyAnswer answer)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, answer.Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(answer.RelyingPartyId)), answer.Flags, .. count];
    }

    private static string ClientDataOf(PasskeyAnswer answer) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(answer.ClientData.ToJsonString()));

    private static JsonObject Whole(PasskeyAnswer answer, JsonObject response) => new()
    {
        ["id"] = answer.Id, ["rawId"] = answer.Id, ["type"] = "public-key", ["authenticatorAttachment"] = "platform", ["response"] = response, ["clientExtensionResults"] = new JsonObject(),
    };

    /// <summary>CBOR, RFC 8949 §3.</summary>
    private static byte[] Text(string text) => [.. Head(3, text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Bytes(byte[] bytes) => [.. Head(2, bytes.Length), .. bytes];

    private static byte[] Head(int major, int length) => length switch
    {
        < 24 => [(byte)(major << 5 | length)],
        < 256 => [(byte)(major << 5 | 24), (byte)length],
        _ => [(byte)(major << 5 | 25), (byte)(length >> 8), (byte)length],
    };
}
