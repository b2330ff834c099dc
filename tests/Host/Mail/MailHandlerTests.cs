using System.Text.Json;
using IdentityHub.Domain.Events;
using IdentityHub.Domain.Notices;
using IdentityHub.Host.Configuration;
using IdentityHub.Host.Mail;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace IdentityHub.Host.Tests.Mail;

/// <summary>What waits in the outbox becomes a mail, or is given up at once where it cannot.</summary>
public sealed class MailHandlerTests : IDisposable
{
    private readonly Scratch scratch = new();
    private readonly SetClock clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private static HubOptions Options => ((HubConfiguration.Read)HubOptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection([new("Hub:Issuer", "https://hub.example")]).Build(), Path.GetTempPath())).Options;

    private string Folder => scratch.At("mail");

    public void Dispose() => scratch.Dispose();

    private Task<Delivery> SendAsync(Domain.Notices.Mail mail) =>
        new MailHandler(new PickupTransport(Folder, Mailbox.TryParse("Hub <no-reply@hub.example>")!, clock), Options).SendAsync(JsonSerializer.SerializeToUtf8Bytes(mail), CancellationToken.None);

    [Fact]
    public async Task A_notice_is_written_as_text_and_HTML_and_read_back_as_text()
    {
        var values = new Dictionary<string, string> { ["code"] = "123456", ["app"] = "Z\u00FCrich <b>", ["time"] = "now", ["device"] = "a browser", ["network"] = "a network" };
        Assert.IsType<Delivery.Delivered>(await SendAsync(new("pat@north.example", MailTemplates.SignInCode, values) { Id = "0123456789abcdef" }));
        var name = PickedUpMail.Names(Folder, 10).Single();
        var mail = (await PickedUpMail.ReadAsync(Folder, name, CancellationToken.None))!;
        Assert.Equal(("pat@north.example", "Your sign-in code"), (mail.To, mail.Subject));
        Assert.StartsWith("Your code to sign in to Z\u00FCrich <b> is 123456.\n\nIt is good for ten minutes", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Type", mail.Text, StringComparison.Ordinal);
        var raw = await File.ReadAllTextAsync(Path.Combine(Folder, name));
        Assert.Contains("\r\nMessage-ID: <0123456789abcdef@hub.example>\r\n", raw, StringComparison.Ordinal);
        Assert.Contains("Z&#xFC;rich &lt;b&gt; is", raw.Replace("=\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory, InlineData("no-such", "code"), InlineData(MailTemplates.SignInCode, "other")]
    public async Task What_no_template_fits_is_given_up_and_nothing_of_it_is_written(string template, string value)
    {
        var refused = Assert.IsType<Delivery.Refused>(await SendAsync(new("pat@north.example", template, new Dictionary<string, string> { [value] = "123456", ["app"] = "x" })));
        Assert.DoesNotContain("123456", refused.Why, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Folder));
    }
}
