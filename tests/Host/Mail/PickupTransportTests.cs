using IdentityHub.Host.Mail;
using Xunit;

namespace IdentityHub.Host.Tests.Mail;

public sealed class PickupTransportTests : IDisposable
{
    private readonly Scratch scratch = new();
    private readonly SetClock clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    private string Mail => scratch.At("data", "mail");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Each_mail_is_a_file_and_the_names_sort_by_time()
    {
        var transport = Transport();
        for (var i = 0; i < 12; i++)
        {
            await transport.SendAsync(new OutgoingMail("pat@northside.example", $"Mail {i}", "Grüße\n.", null), CancellationToken.None);
            clock.Now += i % 2 == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(1);
        }

        var names = Directory.GetFiles(Mail).Order(StringComparer.Ordinal).Select(f => Path.GetFileName(f)!).ToList();
        Assert.All(names, name => Assert.EndsWith(".eml", name, StringComparison.Ordinal));
        for (var i = 0; i < 12; i++)
        {
            var mail = await PickedUpMail.ReadAsync(Mail, names[i], CancellationToken.None);
            Assert.Equal(($"Mail {i}", "pat@northside.example", "Grüße\n.\n"), (mail!.Subject, mail.To, mail.Text));
        }
    }

    [Fact]
    public async Task Only_the_owner_reads_it()
    {
        await Transport().SendAsync(new OutgoingMail("pat@northside.example", "s", "b", null), CancellationToken.None);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Directory.GetFiles(Mail).Single()));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Mail));
        }
    }

    [Fact]
    public async Task Many_at_once_are_all_written()
    {
        var transport = Transport();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => transport.SendAsync(new OutgoingMail("a@b.example", $"{i}", "b", null), CancellationToken.None)));

        Assert.Equal(50, PickedUpMail.Names(Mail, 100).Count);
        Assert.Equal(50, Directory.GetFiles(Mail).Length);
    }

    [Fact]
    public async Task A_refused_mail_leaves_no_file()
    {
        var refused = await Assert.ThrowsAsync<MailRejectedException>(() =>
            Transport().SendAsync(new OutgoingMail("a@b.example\r\nBcc: c@d.example", "s", "b", null), CancellationToken.None));

        Assert.True(refused.Permanent);
        Assert.False(Directory.Exists(Mail));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_to_is_worth_another_try()
    {
        Directory.CreateDirectory(scratch.At("data"));
        await File.WriteAllTextAsync(Mail, "a file where the directory should be");

        var refused = await Assert.ThrowsAsync<MailRejectedException>(() => Transport().SendAsync(new OutgoingMail("a@b.example", "s", "b", null), CancellationToken.None));

        Assert.False(refused.Permanent);
    }

    [Fact]
    public async Task A_cancelled_mail_is_not_written()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Transport().SendAsync(new OutgoingMail("a@b.example", "s", "b", null), cancelled.Token));

        Assert.Empty(Directory.GetFiles(Mail));
    }

    [Fact]
    public async Task The_mails_about_one_user_and_to_them_can_be_erased_also_one_on_its_way()
    {
        const string One = "0123456789abcdef", Other = "fedcba9876543210";
        var transport = Transport();
        OutgoingMail To(string name, string? about, string? reader) => new($"{name}@b.example", name, "b", null) { About = about, For = reader };
        foreach (var mail in new[] { To("one", One, One), To("other", Other, Other), To("last", null, null), To("of one", One, Other), To("to one", Other, One), To("last of other", null, Other), To("last to one", null, One) })
        {
            await transport.SendAsync(mail, CancellationToken.None);
        }

        Assert.Equal(7, PickedUpMail.Names(Mail, 100).Count);
        transport.Erase(One);
        await transport.SendAsync(To("late of one", One, Other), CancellationToken.None);
        await transport.SendAsync(To("late to one", Other, One), CancellationToken.None);
        var left = await Task.WhenAll(PickedUpMail.Names(Mail, 100).Select(name => PickedUpMail.ReadAsync(Mail, name, CancellationToken.None)));
        Assert.Equal(["last", "last of other", "other"], left.Select(mail => mail!.Subject).Order());
    }

    private PickupTransport Transport() => new(Mail, Mailbox.TryParse("Hub <hub@hub.example>")!, clock);
}
