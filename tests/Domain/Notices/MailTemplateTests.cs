using System.Reflection;
using AngleSharp.Html.Parser;
using IdentityHub.Domain.Notices;
using Xunit;

namespace IdentityHub.Domain.Tests.Notices;

/// <summary>Every template is whole, and no value in it is more than words.</summary>
public sealed class MailTemplateTests
{
    /// <summary>What people could write where their name stands.</summary>
    private static readonly string[] Hostile =
    [
        "</p><script>alert(1)</script>", "<img src=https://evil.example/x.png>", "\" onmouseover=\"alert(1)", "a\r\nBcc: all@north.example\r\n\r\nhello", "{link}", "{account} {code}",
        "\u202Egnp.exe", "Pay at https://evil.example", "www.evil.example", "\u2028\u2029\u0000\u0007", new string('x', 1000), "\U0001F600\U0001F600", "", "&lt;b&gt;", "[Click] {link}",
    ];

    public static TheoryData<string> Names => new(MailTemplates.All.Keys.Order(StringComparer.Ordinal));

    private static Dictionary<string, string> Values(string words) => new()
    {
        ["account"] = words, ["person"] = words, ["userName"] = words, ["candidate"] = words, ["requester"] = words, ["holder"] = words, ["app"] = words, ["application"] = words,
        ["device"] = words, ["whom"] = words, ["helper"] = words, ["operator"] = words, ["what"] = words, ["by"] = words, ["network"] = words, ["time"] = words, ["until"] = words, ["left"] = words, ["reason"] = words.Length == 0 ? "why" : words,
        ["link"] = "https://hub.example/reset?token=abc", ["code"] = "123456", ["changes"] = "Role: User\n" + words,
    };

    [Fact]
    public void There_is_a_file_for_every_notice_and_a_notice_for_every_file() => Assert.Equal(
        typeof(MailTemplates).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetValue(null)!).Order(StringComparer.Ordinal),
        MailTemplates.All.Keys.Order(StringComparer.Ordinal));

    [Theory, MemberData(nameof(Names))]
    public void A_template_says_the_same_as_text_and_as_HTML(string name)
    {
        var mail = MailTemplates.Render(new("a@b.example", name, Values("Words")));
        Assert.InRange(mail.Subject.Length, 5, 200);
        Assert.DoesNotContain("{", mail.Subject + mail.Text, StringComparison.Ordinal);
        var page = new HtmlParser().ParseDocument(mail.Html);
        Assert.Equal(mail.Subject, page.Title);
        Assert.All(mail.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line.TrimEnd(':').Replace("- ", "", StringComparison.Ordinal), page.Body!.TextContent, StringComparison.Ordinal));
        Assert.Equal(MailTemplates.All[name].Placeholders.Contains("link") ? ["https://hub.example/reset?token=abc"] : [], page.QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
    }

    [Theory, MemberData(nameof(Names))]
    public void What_people_wrote_is_never_markup_nor_a_link_nor_a_line(string name)
    {
        var plain = new HtmlParser().ParseDocument(MailTemplates.Render(new("a@b.example", name, Values("Words"))).Html);
        foreach (var words in Hostile)
        {
            var mail = MailTemplates.Render(new("a@b.example", name, Values(words)));
            Assert.DoesNotContain(mail.Subject, character => char.IsControl(character) || character is '\u2028' or '\u202E');
            Assert.InRange(mail.Subject.Length, 5, 400);
            Assert.DoesNotContain(mail.Text, character => (char.IsControl(character) && character != '\n') || character is '\u2028' or '\u202E');
            Assert.DoesNotContain("evil.example", mail.Subject + mail.Text + mail.Html, StringComparison.Ordinal);
            Assert.DoesNotContain(mail.Text.Split('\n'), line => line.StartsWith("Bcc:", StringComparison.Ordinal));
            var page = new HtmlParser().ParseDocument(mail.Html);
            Assert.Empty(page.QuerySelectorAll("script, img, iframe, object, embed, link, form, svg, [src], [onmouseover]"));
            Assert.Equal(plain.QuerySelectorAll("a").Select(link => link.GetAttribute("href")), page.QuerySelectorAll("a").Select(link => link.GetAttribute("href")));
            Assert.DoesNotContain("url(", mail.Html, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("@import", mail.Html, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void What_is_missing_is_a_fault_and_never_a_half_filled_mail(string name)
    {
        foreach (var placeholder in MailTemplates.All[name].Placeholders)
        {
            var values = Values("Words");
            values.Remove(placeholder);
            Assert.Contains(placeholder, Assert.Throws<MailTemplateException>(() => MailTemplates.Render(new("a@b.example", name, values))).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)"), InlineData("https://hub.example/\r\nBcc: x"), InlineData("https://hub.example/\"onclick"), InlineData("/reset"), InlineData(""), InlineData("https://hub.example/<b>")]
    public void A_link_is_an_address_and_nothing_else(string link)
    {
        var values = Values("Words");
        values["link"] = link;
        Assert.Throws<MailTemplateException>(() => MailTemplates.Render(new("a@b.example", MailTemplates.Invitation, values)));
    }

    [Fact]
    public void There_is_no_unknown_template_nor_placeholder()
    {
        Assert.Throws<MailTemplateException>(() => MailTemplates.Render(new("a@b.example", "nothing", Values("x"))));
        Assert.Throws<MailTemplateException>(() => MailTemplate.Parse("test", "Subject: Hello {who}\n\nBye"));
        Assert.Throws<MailTemplateException>(() => MailTemplate.Parse("test", "Hello\n\nBye"));
        Assert.Throws<MailTemplateException>(() => MailTemplate.Parse("test", "Subject: Hello"));
    }

    [Fact]
    public void What_may_be_absent_is_left_out()
    {
        var template = MailTemplate.Parse("test", "Subject: Hello\n\nOne\nline.\n\n? - {changes}\n\n? Your user name is {userName}.\n\nBye.");
        Assert.Equal("One line.\n\nBye.\n", template.Render(new Dictionary<string, string> { ["changes"] = "", ["userName"] = "" }).Text);
        Assert.Equal("One line.\n\n- a\n- b\n\nYour user name is pat.\n\nBye.\n", template.Render(new Dictionary<string, string> { ["changes"] = "a\nb", ["userName"] = "pat" }).Text);
    }

    /// <summary>For the eye: every mail as a browser shows it, in the folder of the test's output.</summary>
    [Theory, MemberData(nameof(Names))]
    public async Task Each_can_be_looked_at(string name)
    {
        var values = new Dictionary<string, string>
        {
            ["account"] = "Northside School District", ["person"] = "Pat Primary", ["userName"] = "pat@northside.example", ["candidate"] = "Sam Support", ["requester"] = "Dana Double",
            ["holder"] = "Pat Primary", ["app"] = "Member portal", ["application"] = "Expert console", ["device"] = "Firefox on Windows", ["whom"] = "an administrator of Northside School District", ["helper"] = "an administrator of Northside School District", ["operator"] = "pat@northside.example",
            ["what"] = "e-mail address was changed", ["by"] = "An administrator of Northside School District did this.", ["network"] = "192.0.2.0", ["time"] = "22 November 2026, 03:15 UTC", ["until"] = "22 November 2026, 03:45 UTC", ["left"] = "9", ["reason"] = "Pat retires at the end of the year.",
            ["link"] = "https://hub.example/reset?token=V0x1S3pQbDJ0b2tlbi10aGF0LWlzLW5vbmUtYXQtYWxs", ["code"] = "123456", ["changes"] = "Role: User \u2192 Administrator\nSeat for Expert console: given",
        };
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "mail-preview")).FullName;
        var mail = MailTemplates.Render(new("pat@northside.example", name, values));
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".html"), mail.Html);
        await File.WriteAllTextAsync(Path.Combine(folder, name + ".txt"), $"Subject: {mail.Subject}\n\n{mail.Text}");
        Assert.Equal(mail.Html, await File.ReadAllTextAsync(Path.Combine(folder, name + ".html")));
    }
}
