using System.Text;
using FsCheck;
using FsCheck.Fluent;
using IdentityHub.Domain.Csv;
using Xunit;

namespace IdentityHub.Domain.Tests.Csv;

public sealed class CsvTests
{
    private static readonly string[] Texts =
        ["", "a", "'", "''=1", "'a", "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r", "\n", "\r\n", "a,b", "a;b", "\"", "a\"b\"", " a ", "ü😀", "‮אב", "x\ny", "＝1", "'"];

    /// <summary>Rows of texts that spreadsheets and parsers trip over, next to arbitrary ones.</summary>
    private static readonly Arbitrary<string[][]> Rows = Gen.ArrayOf(Gen.OneOf(
        Gen.Elements(Texts),
        Gen.ArrayOf(Gen.Elements(Texts)).Select(string.Concat),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => string.Concat(text.Get.Where(character => character != '\0' && !char.IsSurrogate(character))))).ArrayOf().Where(row => row.Length > 0)).ToArbitrary();

    [Fact]
    public void What_is_written_is_read_as_what_it_was() => Prop.ForAll(Rows, rows =>
    {
        var writer = new CsvWriter();
        foreach (var row in rows)
        {
            writer.Row(row);
        }

        var read = Read(CsvWriter.ByteOrderMark + writer.Take()).GetAwaiter().GetResult();
        return read.Count == rows.Length
            && read.Zip(rows).All(pair => pair.First is CsvEntry.Row row && row.Cells.Select(CsvFormulas.Restore).SequenceEqual(pair.Second));
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil.example\")")]
    [InlineData("+1")]
    [InlineData("-2+3")]
    [InlineData("@SUM(1)")]
    [InlineData("\t=1")]
    [InlineData("\r=1")]
    [InlineData("＝1")]
    public void No_cell_is_a_formula(string name)
    {
        var writer = new CsvWriter();
        writer.Row("x", name);

        Assert.StartsWith("'", writer.Take()[2..].TrimStart('"'), StringComparison.Ordinal);
        Assert.Equal(name, CsvFormulas.Restore(CsvFormulas.Defuse(name)));
    }

    [Fact]
    public void Lines_end_as_the_standard_says_and_empty_lines_can_be_seen()
    {
        var writer = new CsvWriter();
        writer.Row("a", null, "c,\"d\"");
        writer.Row("");

        Assert.Equal("a,,\"c,\"\"d\"\"\"\r\n\"\"\r\n", writer.Take());
        Assert.Equal(0, writer.Length);
    }

    [Theory]
    [InlineData("a,b\n1,2")]
    [InlineData("a;b\r\n1;2\r\n")]
    [InlineData("a\tb\r1\t2\r\r")]
    [InlineData("\uFEFFa,b\n\n\n1,2\n")]
    [InlineData("sep=;\r\na;b\r\n1;2")]
    [InlineData("\"a\",\"b\"\n\"1\",\"2\"")]
    public async Task Every_common_form_is_read(string text) =>
        Assert.Equal([["a", "b"], ["1", "2"]], (await Read(text)).Cast<CsvEntry.Row>().Select(row => row.Cells.ToArray()));

    [Fact]
    public async Task Lines_are_numbered_as_the_file_has_them()
    {
        var rows = await Read("a,b\r\n\"x\r\ny\",2\r\n\r\n3,4");

        Assert.Equal([1, 2, 5], rows.Cast<CsvEntry.Row>().Select(row => row.Line));
        Assert.Equal("x\r\ny", ((CsvEntry.Row)rows[1]).Cells[0]);
    }

    [Theory]
    [InlineData("a,b\n\"1,2\n3,4", 2, "never closed")]
    [InlineData("a,b\n\"1\"x,2", 2, "closing quotation mark")]
    [InlineData("a,b\n1\0,2", 2, "characters")]
    public async Task What_cannot_be_read_is_said_with_its_line(string text, int line, string why)
    {
        var fault = Assert.IsType<CsvEntry.Fault>((await Read(text))[^1]);

        Assert.Equal(line, fault.Line);
        Assert.Contains(why, fault.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_of_anything_is_refused()
    {
        Assert.Contains("columns", await FaultOf(string.Join(',', Enumerable.Repeat("x", 1000))));
        Assert.Contains("longer than", await FaultOf("a\n" + new string('x', 100_000)));
        Assert.Contains("lines", await FaultOf(string.Concat(Enumerable.Repeat("x\n", 50_001))));
        Assert.Contains("10 MiB", await FaultOf(string.Concat(Enumerable.Repeat(new string('x', 3000) + "\n", 4000))));
        Assert.Equal(50_000, (await Read(string.Concat(Enumerable.Repeat("x\n", 50_000)))).Count);
    }

    [Fact]
    public async Task Another_encoding_is_refused_rather_than_guessed()
    {
        var entries = await ReadAsync(Encoding.Latin1.GetBytes("name\nMüller\n"));
        Assert.Contains("UTF-8", ((CsvEntry.Fault)entries[^1]).Why, StringComparison.Ordinal);

        var sixteen = await ReadAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("name\nMüller\n")]);
        Assert.Equal("Müller", ((CsvEntry.Row)sixteen[1]).Cells[0]);
    }

    private static async Task<string> FaultOf(string text) => ((CsvEntry.Fault)(await Read(text))[^1]).Why;

    private static Task<List<CsvEntry>> Read(string text) => ReadAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<List<CsvEntry>> ReadAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return await CsvReader.ReadAsync(stream).ToListAsync();
    }
}
