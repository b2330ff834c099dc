using IdentityHub.Host.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace IdentityHub.Host.Tests.Configuration;

public sealed class ConfigurationFaultTests : IDisposable
{
    private const string Smtp = "Hub:Mail:Mode=Smtp|Hub:Mail:Smtp:Host=h.example|Hub:Mail:Smtp:From=a@b.example|";
    private readonly Scratch scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    // unknown keys
    [InlineData("Hub:Isuer=x", "Hub:Isuer", "no such key")]
    [InlineData("Hub:Mail:Smtp:Pasword=x", "Hub:Mail:Smtp:Pasword", "no such key")]
    [InlineData("Hub:Mail:Smpt:Host=x", "Hub:Mail:Smpt", "no such key")]
    [InlineData("Hub:Issuer=https://a.example|Hub:Issuer:Url=x", "Hub:Issuer:Url", "no such key")]
    [InlineData("Hub:Mount:First=IdP", "Hub:Mount:First", "no such key")]
    [InlineData("Hub:Evil\u001b[31m=x", "Hub:Evil?[31m", "no such key")]
    [InlineData("Hub=x", "Hub", "section")]
    [InlineData("Hub:Mail=Smtp", "Hub:Mail", "section")]
    // the issuer
    [InlineData("Hub:Issuer=", "Hub:Issuer", "empty")]
    [InlineData("Hub:Issuer=/hub", "Hub:Issuer", "not an absolute")]
    [InlineData("Hub:Issuer=localhost:5001", "Hub:Issuer", "not an absolute")]
    [InlineData("Hub:Issuer=ftp://a.example", "Hub:Issuer", "not an absolute")]
    [InlineData("Hub:Issuer=https://", "Hub:Issuer", "not an absolute")]
    [InlineData("Hub:Issuer=https://a.example/", "Hub:Issuer", "slash")]
    [InlineData("Hub:Issuer=https://a.example/hub/", "Hub:Issuer", "slash")]
    [InlineData("Hub:Issuer=https://a.example?x=1", "Hub:Issuer", "query")]
    [InlineData("Hub:Issuer=https://a.example?", "Hub:Issuer", "query")]
    [InlineData("Hub:Issuer=https://a.example#x", "Hub:Issuer", "fragment")]
    [InlineData("Hub:Issuer=https://user:hunter2@a.example", "Hub:Issuer", "user name")]
    [InlineData("Hub:Issuer=https://A.example", "Hub:Issuer", "normal form")]
    [InlineData("Hub:Issuer=https://a.example:443", "Hub:Issuer", "normal form")]
    [InlineData("Hub:Issuer=https://a.example/x/../y", "Hub:Issuer", "normal form")]
    [InlineData("Hub:Issuer= https://a.example", "Hub:Issuer", "normal form")]
    [InlineData("Hub:Issuer=https://münchen.example", "Hub:Issuer", "ASCII")]
    [InlineData("Hub:Issuer=https://0.0.0.0:5001", "Hub:Issuer", "every address")]
    [InlineData("Hub:Issuer=https://a.example:0", "Hub:Issuer", "port 0")]
    [InlineData("Hub:Issuer=http://localhost:5000", "Hub:Issuer", "not https")]
    [InlineData("Hub:Issuer=http://localhost:5000|Hub:AllowHttp=false", "Hub:Issuer", "not https")]
    [InlineData("Hub:Issuer=http://a.example|Hub:AllowHttp=true", "Hub:Issuer", "not of this machine")]
    [InlineData("Hub:Issuer=http://localhost.evil.example|Hub:AllowHttp=true", "Hub:Issuer", "not of this machine")]
    [InlineData("urls=https://*:5001", "Hub:Issuer", "every address")]
    [InlineData("urls=https://+:5001", "Hub:Issuer", "every address")]
    [InlineData("urls=https://0.0.0.0:5001", "Hub:Issuer", "every address")]
    [InlineData("urls=https://[::]:5001", "Hub:Issuer", "every address")]
    [InlineData("urls=https://localhost:0", "Hub:Issuer", "leaves the port")]
    [InlineData("urls=http://localhost:5000", "Hub:Issuer", "no https address")]
    [InlineData("urls=http://unix:/run/hub.sock|Hub:AllowHttp=true", "Hub:Issuer", "no https address")]
    [InlineData("urls=http://10.0.0.1:5000|Hub:AllowHttp=true", "Hub:Issuer", "not of this machine")]
    [InlineData("urls=localhost", "urls", "not an address")]
    [InlineData("urls=https://localhost:5001/path", "urls", "not an address")]
    [InlineData("urls=https://user:hunter2@localhost:5001", "urls", "not an address")]
    [InlineData("urls=https://localhost:99999", "urls", "not an address")]
    // single values
    [InlineData("Hub:AllowHttp=yes|Hub:Issuer=http://localhost:1", "Hub:AllowHttp", "true nor false")]
    [InlineData("Hub:DataDirectory=file.txt", "Hub:DataDirectory", "is a file")]
    [InlineData("Hub:DataDirectory=a\0b", "Hub:DataDirectory", "not a path")]
    [InlineData("Hub:Database:Provider=Postgres", "Hub:Database:Provider", "does not speak PostgreSQL yet")]
    [InlineData("Hub:Database:Provider=MySql", "Hub:Database:Provider", "not one of Sqlite, Postgres")]
    [InlineData("Hub:Database:Provider=1", "Hub:Database:Provider", "not one of")]
    [InlineData("Hub:Database:ConnectionString=hub.db", "Hub:Database:ConnectionString", "not a connection string")]
    [InlineData("Hub:Database:ConnectionString=Password=hunter2", "Hub:Database:ConnectionString", "not a connection string")]
    [InlineData("Hub:ConfigurationFile=missing.json", "Hub:ConfigurationFile", "no file")]
    [InlineData("Hub:ConfigurationFile=.", "Hub:ConfigurationFile", "no file")]
    [InlineData("Hub:Mount=IdP,Skim", "Hub:Mount", "\"Skim\" is not one of IdP, Scim, AdminUi")]
    [InlineData("Hub:Mount=IdP,,Scim", "Hub:Mount", "not one of")]
    [InlineData("Hub:Mount=", "Hub:Mount", "empty")]
    [InlineData("Hub:Mount:0=IdP|Hub:Mount:1=2", "Hub:Mount", "\"2\" is not one of")]
    [InlineData("Hub:Mount=IdP|Hub:Mount:0=Scim", "Hub:Mount", "both")]
    [InlineData("Hub:SignIn:AddressBurst=0", "Hub:SignIn:AddressBurst", "whole number")]
    [InlineData("Hub:SignIn:AddressBurst=1e3", "Hub:SignIn:AddressBurst", "whole number")]
    [InlineData("Hub:SignIn:AddressRefillSeconds=-1", "Hub:SignIn:AddressRefillSeconds", "whole number")]
    [InlineData("Hub:Scim:RequestBurst=0", "Hub:Scim:RequestBurst", "whole number")]
    [InlineData("Hub:Scim:RequestsPerSecond=many", "Hub:Scim:RequestsPerSecond", "whole number")]
    [InlineData("Hub:Scim:MaxScan=-1", "Hub:Scim:MaxScan", "whole number")]
    [InlineData("Hub:RootKeyFile=missing.key", "Hub:RootKeyFile", "no file")]
    [InlineData("Hub:RootKeyFile=file.txt", "Hub:RootKeyFile", "32 bytes")]
    // mail
    [InlineData("Hub:Mail:Mode=Sendmail", "Hub:Mail:Mode", "not one of Pickup, Smtp")]
    [InlineData("Hub:Mail:Mode=Smtp|Hub:Mail:Smtp:From=a@b.example", "Hub:Mail:Smtp:Host", "not given")]
    [InlineData("Hub:Mail:Mode=Smtp|Hub:Mail:Smtp:Host=h", "Hub:Mail:Smtp:From", "not given")]
    [InlineData("Hub:Mail:Mode=Smtp|Hub:Mail:Smtp:Host=|Hub:Mail:Smtp:From=a@b.example", "Hub:Mail:Smtp:Host", "empty")]
    [InlineData(Smtp + "Hub:Mail:Smtp:Port=smtp", "Hub:Mail:Smtp:Port", "whole number")]
    [InlineData(Smtp + "Hub:Mail:Smtp:Port=65536", "Hub:Mail:Smtp:Port", "whole number")]
    [InlineData(Smtp + "Hub:Mail:Smtp:Security=Ssl", "Hub:Mail:Smtp:Security", "not one of StartTls, Tls, None")]
    [InlineData(Smtp + "Hub:Mail:Smtp:UserName=u", "Hub:Mail:Smtp:Password", "other half")]
    [InlineData(Smtp + "Hub:Mail:Smtp:Password=hunter2", "Hub:Mail:Smtp:UserName", "other half")]
    [InlineData(Smtp + "Hub:Mail:Smtp:UserName=u|Hub:Mail:Smtp:Password=hunter2\r\n", "Hub:Mail:Smtp:Password", "control character")]
    [InlineData(Smtp + "Hub:Mail:Smtp:UserName=u|Hub:Mail:Smtp:Password=hunter2|Hub:Mail:Smtp:Security=None", "Hub:Mail:Smtp:Security", "in the clear")]
    [InlineData("Hub:Mail:Smtp:Host=smtp://h:25", "Hub:Mail:Smtp:Host", "not a host name")]
    [InlineData("Hub:Mail:Smtp:From=nobody", "Hub:Mail:Smtp:From", "not a mail address")]
    [InlineData("Hub:Mail:Smtp:From=a@b.example\r\nBcc: c@d.example", "Hub:Mail:Smtp:From", "not a mail address")]
    public void Each_wrong_setting_is_one_fault_with_a_mend_and_without_a_secret(string settings, string key, string wrong)
    {
        var faults = Faults(settings.Split('|'));

        var fault = Assert.Single(faults.List);
        Assert.Equal(key, fault.Key);
        Assert.Contains(wrong, fault.Wrong, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Mend);
        Assert.DoesNotContain("hunter2", faults.Render(), StringComparison.Ordinal);
        Assert.DoesNotContain(faults.Render(), c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public void Several_wrong_at_once_are_all_in_one_message()
    {
        var message = Faults(
            "Hub:Issuer=http://id.example.com/?a#b", "Hub:DataDir=x", "Hub:Database:Provider=Postgres", "Hub:ConfigurationFile=missing.json",
            "Hub:Mount=Web,Mail", "Hub:Mail:Mode=Smtp", "Hub:Mail:Smtp:Port=x", "Hub:SignIn:AddressBurst=many").Render();

        Assert.StartsWith("IdentityHub does not start: 14 settings are wrong.", message, StringComparison.Ordinal);
        Assert.All(
            new[] { "a query", "a fragment", "ends in a slash", "is not https", "http and not of this machine", "Hub:DataDir\n", "PostgreSQL", "missing.json", "\"Web\"", "\"Mail\"",
                "Hub:Mail:Smtp:Host\n", "Hub:Mail:Smtp:From\n", "Hub:Mail:Smtp:Port\n", "Hub:SignIn:AddressBurst\n" },
            part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.Equal(14, message.Split("    mend:  ").Length - 1);
    }

    [Fact]
    public void An_unknown_key_is_told_what_its_section_knows()
    {
        var fault = Assert.Single(Faults("Hub:Mail:Kind=Smtp").List);

        Assert.Equal("Remove it or correct its name; Hub:Mail knows Mode, Smtp.", fault.Mend);
    }

    [Fact]
    public void An_empty_array_of_parts_is_a_fault()
    {
        var json = new ConfigurationBuilder().AddJsonFile(scratch.Write("a.json", """{"Hub":{"Mount":[]}}""")).Build();

        Assert.Equal("Hub:Mount", Assert.Single(Assert.IsType<HubConfiguration.Faults>(HubOptionsReader.Read(json, scratch.Root)).List).Key);
    }

    private HubConfiguration.Faults Faults(params string[] settings)
    {
        scratch.Write("file.txt", "something");
        return Assert.IsType<HubConfiguration.Faults>(HubOptionsReader.Read(Settings.Of(settings), scratch.Root));
    }
}
