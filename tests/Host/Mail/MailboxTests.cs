using IdentityHub.Host.Mail;
using Xunit;

namespace IdentityHub.Host.Tests.Mail;

public sealed class MailboxTests
{
    [Theory]
    [InlineData("pat@northside.example")]
    [InlineData("pat.o'neil+codes@a-b.example.net")]
    [InlineData("root@localhost")]
    public void An_ordinary_address_is_one(string text) => Assert.Equal(text, Mailbox.TryParse(text)!.Address);

    [Theory]
    [InlineData("")]
    [InlineData("pat")]
    [InlineData("@a.example")]
    [InlineData("pat@")]
    [InlineData("pat@a@b.example")]
    [InlineData(".pat@a.example")]
    [InlineData("pat..x@a.example")]
    [InlineData("pat@-a.example")]
    [InlineData("pat@a..example")]
    [InlineData("pat @a.example")]
    [InlineData("pat@a.example\n")]
    [InlineData("pat@a.example\r\nBcc: eve@e.example")]
    [InlineData("pat@a.example>\r\nDATA")]
    [InlineData("<pat@a.example>")]
    [InlineData("pat@a.example,eve@e.example")]
    [InlineData("\"pat x\"@a.example")]
    [InlineData("pat@[127.0.0.1]")]
    [InlineData("päť@a.example")]
    [InlineData("pat@a.example\0")]
    [InlineData("pat\u202e@a.example")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345@a.example")]
    public void Anything_else_is_none(string text) => Assert.False(Mailbox.IsAddress(text));

    [Fact]
    public void An_address_longer_than_254_characters_is_none() =>
        Assert.False(Mailbox.IsAddress("a@" + string.Join('.', Enumerable.Repeat(new string('b', 60), 5))));

    [Theory]
    [InlineData("Hub <hub@a.example>", "Hub")]
    [InlineData("\"Hub, Inc.\" <hub@a.example>", "Hub, Inc.")]
    [InlineData("Hüb<hub@a.example>", "Hüb")]
    public void A_name_may_stand_before_it(string text, string name) => Assert.Equal(name, Mailbox.TryParse(text)!.Name);

    [Theory]
    [InlineData("Hub\r\nBcc: x <hub@a.example>")]
    [InlineData("Hub\t <hub@a.example>")]
    [InlineData("A \"B\" C <hub@a.example>")]
    [InlineData("Hub <hub@a.example> <eve@e.example>")]
    [InlineData(" <hub@a.example>")]
    public void A_name_with_structure_of_its_own_is_refused(string text) => Assert.Null(Mailbox.TryParse(text));
}
