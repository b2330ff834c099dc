using IdentityHub.Domain.Users;
using Xunit;

namespace IdentityHub.Domain.Tests.Users;

public sealed class ProfileDocumentTests
{
    [Theory]
    [InlineData("""{"emails":[{"value":"a@x"},{"value":"b@x","primary":true}]}""", "b@x")]
    [InlineData("""{"emails":[{"value":"a@x","type":"home"},{"value":"b@x","type":"WORK"}]}""", "b@x")]
    [InlineData("""{"emails":[{"value":"a@x","type":"home"},{"value":"b@x","type":"other"}]}""", "a@x")]
    [InlineData("""{"emails":[{"type":"work"}]}""", null)]
    [InlineData("{}", null)]
    public void The_main_address_is_the_primary_one_or_that_for_work_or_the_first(string document, string? address) =>
        Assert.Equal(address, ProfileDocument.FactsOf(ProfileDocument.Parse(document)).Email);

    [Fact]
    public void Names_and_main_address_change_and_all_else_stays()
    {
        const string Before = """{"name":{"givenName":"A","familyName":"B","middleName":"M"},"title":"T","emails":[{"value":"h@x","type":"home"},{"value":"w@x","type":"work","display":"W"}]}""";
        Assert.Equal(
            """{"name":{"givenName":"C","middleName":"M"},"title":"T","emails":[{"value":"h@x","type":"home"},{"value":"n@x","type":"work","display":"W"}]}""",
            ProfileDocument.Change(Before, new("C", null, "n@x")));
    }

    [Fact]
    public void What_becomes_empty_goes()
    {
        Assert.Null(ProfileDocument.Change("""{"name":{"givenName":"A"},"emails":[{"value":"w@x"}]}""", new(null, null, null)));
        Assert.Null(ProfileDocument.Change(null, new(null, null, null)));
    }

    [Fact]
    public void An_address_comes_into_a_document_that_has_none() =>
        Assert.Equal("""{"emails":[{"value":"a@x","type":"work","primary":true}]}""", ProfileDocument.Change(null, new(null, null, "a@x")));

    [Theory]
    [InlineData("""{"displayName":"D","name":{"formatted":"F","givenName":"G"}}""", "D")]
    [InlineData("""{"name":{"formatted":"F","givenName":"G"}}""", "F")]
    [InlineData("""{"name":{"givenName":"G","familyName":"N"}}""", "G N")]
    [InlineData("{}", "user")]
    public void People_are_shown_by_the_best_name_that_is_known(string document, string name) => Assert.Equal(name, ProfileDocument.DisplayNameOf(document, "user"));
}
