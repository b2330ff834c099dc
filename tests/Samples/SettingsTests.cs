using IdentityHub.MemberPortal;
using IdentityHub.RelyingParty;

namespace IdentityHub.Samples.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Everything_wrong_is_told_at_once()
    {
        var fault = Assert.Throws<SettingsException>(() => Build(
            "--RelyingParty:Authority", "http://hub.example/", "--RelyingParty:ClientId", " ", "--RelyingParty:ClientSecret", "", "--RelyingParty:Scope", "profile"));

        foreach (var key in new[] { "Authority", "ClientId", "ClientSecret", "Scope" })
        {
            Assert.Contains("RelyingParty:" + key, fault.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:5001", "false")]
    [InlineData("http://hub.example", "true")]
    [InlineData("ftp://localhost", "true")]
    [InlineData("https://localhost:5001/", "false")]
    [InlineData("https://localhost:5001?x", "false")]
    [InlineData("localhost:5001", "false")]
    public void An_authority_that_is_no_issuer_is_refused(string authority, string allowHttp) =>
        Assert.Throws<SettingsException>(() => Build(
            "--RelyingParty:Authority", authority, "--RelyingParty:AllowHttp", allowHttp, "--RelyingParty:ClientSecret", "s"));

    [Fact]
    public void An_unknown_key_is_refused() =>
        Assert.Throws<SettingsException>(() => Build("--RelyingParty:ClientSecret", "s", "--RelyingParty:ClientSecrt", "s"));

    [Fact]
    public void The_secret_is_in_no_source() =>
        Assert.Contains("ClientSecret is missing", Assert.Throws<SettingsException>(() => Build()).Message, StringComparison.Ordinal);

    private static void Build(params string[] arguments) => _ = MemberPortalApp.Build(arguments);
}
