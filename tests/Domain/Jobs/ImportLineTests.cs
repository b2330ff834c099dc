using IdentityHub.Domain.Jobs;
using IdentityHub.Domain.Permissions;
using Xunit;

namespace IdentityHub.Domain.Tests.Jobs;

public sealed class ImportLineTests
{
    private static readonly Domain.Seats.Seats.PoolOfAccount[] Pools = [new("console", "Expert console", 5, 0), new("forms", "Forms", 5, 0)];

    private static readonly ImportField[] Columns = Enum.GetValues<ImportField>()[1..];

    [Theory]
    [InlineData("E-mail;First Name;Surname;Role", "UserName GivenName FamilyName Role")]
    [InlineData("Email Address [Required];First Name [Required];Last Name [Required];Phone", "UserName GivenName FamilyName Ignore")]
    [InlineData("userPrincipalName;displayName;accountEnabled", "UserName FullName Status")]
    [InlineData("USER NAME;e_mail;Permission level;Seats;2FA required;Licences", "UserName Ignore Level Seats TwoFactorRequired Ignore")]
    [InlineData("a;b;", "Ignore Ignore Ignore")]
    public void Columns_are_found_by_their_headings(string header, string fields) =>
        Assert.Equal(fields.Split(' ').Select(Enum.Parse<ImportField>), ImportColumns.Guess(header.Split(';')));

    [Fact]
    public void The_template_is_understood() => Assert.Equal(ImportColumns.Template.Select(column => column.Field), ImportColumns.Guess([.. ImportColumns.Template.Select(column => column.Heading)]));

    [Fact]
    public void Columns_must_say_who_is_meant_and_nothing_twice()
    {
        Assert.Null(ImportColumns.Check(["a", "b"], [ImportField.UserName, ImportField.Ignore]));
        Assert.NotNull(ImportColumns.Check(["a", "b"], [ImportField.Role, ImportField.Ignore]));
        Assert.NotNull(ImportColumns.Check(["a", "b"], [ImportField.UserName, ImportField.UserName]));
        Assert.NotNull(ImportColumns.Check(["a", "b"], [ImportField.UserName]));
    }

    [Fact]
    public void A_line_is_read_in_the_words_that_people_write()
    {
        var line = Read("Pat@Example.org ", "", "Pat", "Primary", "admin", "none", "Inactive", "Expert Console; forms", "yes");

        Assert.Equal(("Pat@Example.org", "pat@example.org", "Pat", "Primary"), (line.UserName, line.UserNameKey, line.GivenName, line.FamilyName));
        Assert.Equal((Role.Administrator, true, null, false, true), (line.Role, line.SaysLevel, line.Level, line.Active, line.TwoFactorRequired));
        Assert.Equal(["console", "forms"], line.Seats);
    }

    [Fact]
    public void What_is_empty_is_left_alone()
    {
        var line = Read("pat@example.org");

        Assert.Equal(new() { UserName = "pat@example.org", UserNameKey = "pat@example.org" }, line);
        Assert.Empty(Read("pat@example.org", "", "", "", "", "", "", "none", "").Seats!);
    }

    [Theory]
    [InlineData("Pat Primary", "Pat", "Primary")]
    [InlineData("Maria de la Cruz", "Maria de la", "Cruz")]
    [InlineData("Primary, Pat", "Pat", "Primary")]
    [InlineData("Pat", "Pat", null)]
    public void A_full_name_is_taken_apart(string full, string given, string? family)
    {
        var line = Read("pat@example.org", full);

        Assert.Equal((given, family), (line.GivenName, line.FamilyName));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(0, "a@b.example\u202E")]
    [InlineData(4, "boss")]
    [InlineData(5, "GOLD")]
    [InlineData(6, "maybe")]
    [InlineData(7, "console;nothing")]
    [InlineData(8, "sometimes")]
    public void What_is_wrong_is_said_without_quoting_it(int column, string cell)
    {
        var cells = Enumerable.Repeat("", Columns.Length).ToArray();
        cells[0] = "pat@example.org";
        cells[column] = cell;

        var (line, fault) = ImportLine.Read(Columns, cells, Pools);

        Assert.Null(line);
        Assert.True(cell.Length == 0 || !fault!.Contains(cell, StringComparison.Ordinal));
    }

    [Fact]
    public void What_nobody_asked_for_is_not_kept() =>
        Assert.Equal(["a@b.example", "", ""], ImportLine.Kept([ImportField.UserName, ImportField.Ignore, ImportField.Role], ["a@b.example", "born 1970"]));

    private static ImportLine Read(params string[] cells)
    {
        var (line, fault) = ImportLine.Read(Columns, cells, Pools);
        Assert.Null(fault);
        return line!;
    }
}
