using System.Collections.Immutable;
using IdentityHub.Host.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace IdentityHub.Host.Tests.Configuration;

public sealed class HubOptionsReaderTests : IDisposable
{
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Nothing_configured_gives_the_documented_defaults()
    {
        var options = Read();

        Assert.Equal("https://localhost:5001", options.Issuer);
        Assert.False(options.AllowHttp);
        Assert.Equal(scratch.At("data"), options.DataDirectory);
        Assert.Equal(DatabaseProvider.Sqlite, options.Database.Provider);
        Assert.Equal($"Data Source={scratch.At("data", "hub.db")}", options.Database.ConnectionString, ignoreCase: true);
        Assert.Null(options.ConfigurationFile);
        Assert.Equal([MountedPart.IdP, MountedPart.Scim, MountedPart.AdminUi], options.Mount.Order());
        Assert.Equal(scratch.At("data", "mail"), Assert.IsType<MailOptions.Pickup>(options.Mail).Directory);
        Assert.Equal("no-reply@localhost", options.Mail.From.Address);
        Assert.Equal(new RootKeyOptions(scratch.At("data", "keys", "root.key"), IsGiven: false), options.RootKey);
        Assert.Equal(new SignInOptions(300, TimeSpan.FromSeconds(1)), options.SignIn);
        Assert.Equal(new ScimLimits(25_000, 2_500, 50_000), options.Scim);
    }

    [Fact]
    public void Everything_configured_is_taken_whatever_the_case_of_the_keys()
    {
        var file = scratch.Write("hub.json", "{}");
        var key = scratch.Write("root.key", Convert.ToBase64String(new byte[32]) + "\n");

        var options = Read(
            "HUB:ISSUER=https://id.example.com/hub", "hub:datadirectory=store", "Hub:Database:Provider=sqlite",
            "Hub:Database:ConnectionString=Data Source=/x/hub.db", "Hub:ConfigurationFile=hub.json", "Hub:Mount=idp, Scim",
            "Hub:Mail:Mode=smtp", "Hub:Mail:Smtp:Host=smtp.example.com", "Hub:Mail:Smtp:From=Hub <hub@example.com>",
            "Hub:Mail:Smtp:UserName=u", "Hub:Mail:Smtp:Password=p;p", "Hub:Mail:Smtp:Security=Tls",
            "Hub:RootKeyFile=root.key", "Hub:SignIn:AddressBurst=5", "Hub:SignIn:AddressRefillSeconds=60",
            "Hub:Scim:RequestBurst=10", "Hub:Scim:RequestsPerSecond=2", "Hub:Scim:MaxScan=0");

        Assert.Equal("https://id.example.com/hub", options.Issuer);
        Assert.Equal(scratch.At("store"), options.DataDirectory);
        Assert.Equal("Data Source=/x/hub.db", options.Database.ConnectionString);
        Assert.Equal(file, options.ConfigurationFile);
        Assert.Equal([MountedPart.IdP, MountedPart.Scim], options.Mount.Order());
        var smtp = Assert.IsType<MailOptions.Smtp>(options.Mail);
        Assert.Equal(("Hub", "hub@example.com"), (smtp.From.Name, smtp.From.Address));
        Assert.Equal(new SmtpServer("smtp.example.com", 465, SmtpSecurity.Tls, new SmtpCredentials("u", "p;p")), smtp.Server);
        Assert.Equal(new RootKeyOptions(key, IsGiven: true), options.RootKey);
        Assert.Equal(new SignInOptions(5, TimeSpan.FromMinutes(1)), options.SignIn);
        Assert.Equal(new ScimLimits(10, 2, 0), options.Scim);
    }

    [Fact]
    public void Mount_may_be_an_array()
    {
        var json = new ConfigurationBuilder().AddJsonFile(scratch.Write("a.json", """{"Hub":{"Mount":["Scim","AdminUi"],"Mail":{"Smtp":{}}}}""")).Build();

        var read = Assert.IsType<HubConfiguration.Read>(HubOptionsReader.Read(json, scratch.Root));

        Assert.Equal([MountedPart.Scim, MountedPart.AdminUi], read.Options.Mount.Order());
    }

    [Fact]
    public void The_environment_and_the_command_line_come_by_their_standard_names()
    {
        const string Prefix = "HUBTEST_OPTIONS_";
        Environment.SetEnvironmentVariable(Prefix + "Hub__Issuer", "https://from.environment");
        var environment = new ConfigurationBuilder().AddEnvironmentVariables(Prefix).Build();
        var both = new ConfigurationBuilder().AddEnvironmentVariables(Prefix).AddCommandLine(["--Hub:Issuer", "https://from.command.line"]).Build();
        Environment.SetEnvironmentVariable(Prefix + "Hub__Issuer", null);

        Assert.Equal("https://from.environment", Assert.IsType<HubConfiguration.Read>(HubOptionsReader.Read(environment, scratch.Root)).Options.Issuer);
        Assert.Equal("https://from.command.line", Assert.IsType<HubConfiguration.Read>(HubOptionsReader.Read(both, scratch.Root)).Options.Issuer);
    }

    [Theory]
    [InlineData("https://hub.example.com:8443", "https://hub.example.com:8443")]
    [InlineData("http://localhost:5000;https://LOCALHOST:7001;https://other:1", "https://localhost:7001")]
    [InlineData("https://hub.example.com:443", "https://hub.example.com")]
    [InlineData("https://hub.example.com", "https://hub.example.com")]
    [InlineData("https://[::1]:7001", "https://[::1]:7001")]
    [InlineData(" ", "https://localhost:5001")]
    public void The_issuer_is_the_first_https_address_that_is_listened_on(string urls, string issuer) =>
        Assert.Equal(issuer, Read("urls=" + urls).Issuer);

    [Theory]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080")]
    [InlineData("http://localhost:80", "http://localhost")]
    [InlineData("http://localhost:5080;https://localhost:5443", "https://localhost:5443")]
    public void With_http_allowed_and_no_https_address_it_is_the_first_http_one(string urls, string issuer) =>
        Assert.Equal(issuer, Read("urls=" + urls, "Hub:AllowHttp=true").Issuer);

    [Theory]
    [InlineData("http://*:8080", "https://id.example.com")]
    [InlineData("https://0.0.0.0:0", "https://id.example.com:8443/a")]
    [InlineData("http://unix:/run/hub.sock", "https://xn--mnchen-3ya.example")]
    public void Behind_a_proxy_any_address_will_do_when_the_issuer_is_given(string urls, string issuer) =>
        Assert.Equal(issuer, Read("urls=" + urls, "Hub:Issuer=" + issuer).Issuer);

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://127.0.0.1:5000")]
    [InlineData("http://[::1]:5000")]
    public void An_http_issuer_of_this_machine_passes_when_it_is_allowed(string issuer) =>
        Assert.Equal(issuer, Read("Hub:AllowHttp=TRUE", "Hub:Issuer=" + issuer).Issuer);

    [Fact]
    public void The_text_form_of_the_options_tells_no_secret()
    {
        var options = Read(
            "Hub:Mail:Mode=Smtp", "Hub:Mail:Smtp:Host=h", "Hub:Mail:Smtp:From=a@b.example", "Hub:Mail:Smtp:UserName=u",
            "Hub:Mail:Smtp:Password=hunter2", "Hub:Database:ConnectionString=Data Source=x;Password=hunter2");

        Assert.DoesNotContain("hunter2", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_semicolon_in_the_data_directory_stays_in_the_file_name()
    {
        var parsed = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = Read("Hub:DataDirectory=a;Mode=Memory").Database.ConnectionString };

        Assert.Equal(scratch.At("a;Mode=Memory", "hub.db"), parsed["Data Source"]);
    }

    private HubOptions Read(params string[] settings) =>
        HubOptionsReader.Read(Settings.Of(settings), scratch.Root) switch
        {
            HubConfiguration.Read read => read.Options,
            HubConfiguration.Faults faults => throw new InvalidOperationException(faults.Render()),
            _ => throw new InvalidOperationException(),
        };
}

internal static class Settings
{
    /// <summary>A configuration of <c>key=value</c> texts.</summary>
    public static IConfiguration Of(IEnumerable<string> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], (string?)p[1]))).Build();
}
