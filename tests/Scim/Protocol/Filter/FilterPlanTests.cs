using IdentityHub.Scim.Protocol.Filter;
using IdentityHub.Scim.Protocol.Schema;
using Xunit;

namespace IdentityHub.Scim.Tests.Protocol.Filter;

public sealed class FilterPlanTests
{
    [Theory]
    [InlineData("""id eq "a" """, "Id Equal a"), InlineData("""USERNAME eq "A" """, "UserName Equal A"), InlineData("""userName sw "a" """, "UserName StartsWith a"), InlineData("""externalId eq "A" """, "ExternalId Equal A")]
    [InlineData("""emails eq "a" """, "EmailValue Equal a"), InlineData("""emails.value sw "a" """, "EmailValue StartsWith a"), InlineData("""emails[value eq "a"]""", "EmailValue Equal a"), InlineData("""emails[value eq "a" or value eq "b"]""", "any(EmailValue Equal a, EmailValue Equal b)")]
    [InlineData("""groups eq "g" """, "GroupValue Equal g"), InlineData("""groups[value eq "g"]""", "GroupValue Equal g")]
    [InlineData("active eq true", "Active Equal true"), InlineData("active eq \"False\"", "Active Equal false")]
    [InlineData("""meta.lastModified gt "2011-05-13T04:42:34+01:00" """, "LastModified Greater 2011-05-13T03:42:34.0000000Z"), InlineData("""meta.created le "2011-05-13T04:42:34.1234567Z" """, "Created LessOrEqual 2011-05-13T04:42:34.1234567Z")]
    [InlineData("""userName eq "a" and active eq true""", "all(UserName Equal a, Active Equal true)"), InlineData("""userName eq "a" or externalId eq "b" """, "any(UserName Equal a, ExternalId Equal b)")]
    [InlineData("""(userName eq "a" or id eq "b") and active eq true""", "all(any(UserName Equal a, Id Equal b), Active Equal true)")]
    [InlineData("""active eq true and (meta.lastModified ge "2011-05-13T04:42:34Z" and meta.lastModified le "2011-05-14T04:42:34Z")""", "all(Active Equal true, LastModified GreaterOrEqual 2011-05-13T04:42:34.0000000Z, LastModified LessOrEqual 2011-05-14T04:42:34.0000000Z)")]
    public void An_index_answers_the_whole_filter(string filter, string narrowing) => Assert.Equal((narrowing, true), Plan(UserSchemas.User, filter));

    [Theory]
    [InlineData("""emails[type eq "work"].value eq "a" """, "EmailValue Equal a"), InlineData("""emails[type eq "work" and value sw "a"]""", "EmailValue StartsWith a"), InlineData("""emails[value sw "a" and value sw "ab"]""", "all(EmailValue StartsWith a, EmailValue StartsWith ab)")]
    [InlineData("""emails[value eq "a" or value eq "b" and value eq "c"]""", "any(EmailValue Equal a, all(EmailValue Equal b, EmailValue Equal c))")]
    [InlineData("""userName eq "a" and title pr""", "UserName Equal a"), InlineData("""not (title pr) and (userName eq "a" and nickName pr or id eq "b")""", "any(UserName Equal a, Id Equal b)")]
    public void An_index_narrows_what_must_be_looked_at(string filter, string narrowing) => Assert.Equal((narrowing, false), Plan(UserSchemas.User, filter));

    [Theory]
    [InlineData("title pr"), InlineData("""not (userName eq "a")"""), InlineData("""userName eq "a" or title pr"""), InlineData("""userName ne "a" """), InlineData("""userName co "a" """), InlineData("""userName sw "" """), InlineData("""userName gt "a" """), InlineData("id pr")]
    [InlineData("""displayName eq "a" """), InlineData("""emails.type eq "work" """), InlineData("""emails[type eq "work"].value ne "a" """), InlineData("""emails[not (value eq "a")]"""), InlineData("active ne true"), InlineData("""phoneNumbers.value eq "1" """), InlineData("""schemas eq "a" """), InlineData("userName eq null")]
    public void What_no_index_answers_is_not_narrowed(string filter) => Assert.Equal((null, false), Plan(UserSchemas.User, filter));

    [Theory]
    [InlineData("""displayName eq "a" """, "GroupDisplayName Equal a"), InlineData("""displayName sw "a" """, "GroupDisplayName StartsWith a"), InlineData("""id eq "g" and members eq "u" """, "all(Id Equal g, MemberValue Equal u)"), InlineData("""members[value eq "u"]""", "MemberValue Equal u")]
    public void Groups_have_indexes_of_their_own(string filter, string narrowing) => Assert.Equal((narrowing, true), Plan(GroupSchema.Group, filter));

    private static (string? Narrowing, bool Exact) Plan(ResourceType type, string filter)
    {
        var plan = FilterPlan.Of(FilterParser.Parse(type, filter, FilterOptions.Default).Value!);
        return (plan.Narrowing is null ? null : Say(plan.Narrowing), plan.Exact);
    }

    private static string Say(IndexCriterion criterion) => criterion switch
    {
        IndexCriterion.AllOf all => $"all({string.Join(", ", all.Criteria.Select(Say))})",
        IndexCriterion.AnyOf any => $"any({string.Join(", ", any.Criteria.Select(Say))})",
        IndexCriterion.Term term => $"{term.Attribute} {term.Operator} {term.Value}",
        _ => "",
    };
}
