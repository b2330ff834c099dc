using System.Data.Common;
using System.Globalization;
using System.Text;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Users;

namespace IdentityHub.Domain.Accounts;

/// <summary>Writes queries of one account's members or groups. Every value is a parameter; the account comes first in each.</summary>
internal sealed class DirectorySql
{
    /// <summary>Comes after every text that begins with a prefix.</summary>
    private const string EndOfPrefix = "\U0010FFFF";

    private readonly StringBuilder sql = new();
    private readonly List<object> values = [];
    private readonly bool ofMembers;
    private readonly bool isChosenFirst;
    private bool selective;

    /// <param name="ofMembers">Members, as <c>m</c>; otherwise groups, as <c>g</c>.</param>
    /// <param name="start">From SELECT to FROM and its joins.</param>
    /// <param name="choice">From a SELECT of nothing but ids to its FROM, where the page is to be chosen by ids before anything else is read: whoever skips half a million
    /// then goes through half a million entries of an index, not rows, and what an index does not have in order is sorted without what is on file.</param>
    public DirectorySql(bool ofMembers, string start, string? choice = null)
    {
        this.ofMembers = ofMembers;
        isChosenFirst = choice is not null;
        sql.Append(start);
        if (choice is not null)
        {
            sql.Append(CultureInfo.InvariantCulture, $" WHERE {Row}.\"Id\" IN ({choice}");
        }
    }

    private string Row => ofMembers ? "m" : "g";

    /// <remarks>Without statistics an engine may take the account's whole list, because it is in order already, for the shorter way to the one row of an address.
    /// Where a criterion names few rows, the account and the order are written so that no index offers itself for them.</remarks>
    public DirectorySql Where(string accountId, DirectoryCriterion? criterion)
    {
        selective = criterion is not null && IsSelective(criterion, Identifying);
        var account = selective && !IsSelective(criterion!, WithinAccount) ? $"({Row}.\"AccountId\" || '')" : $"{Row}.\"AccountId\"";
        sql.Append(CultureInfo.InvariantCulture, $" WHERE {account} = {Parameter(accountId)}");
        if (criterion is not null)
        {
            sql.Append(" AND ");
            Write(criterion, accountId);
        }

        return this;
    }

    /// <summary>After a position, in order, so many.</summary>
    public DirectorySql Page(DirectoryQuery query)
    {
        var key = KeyOf(query.Order);
        if (query.After is { } after)
        {
            sql.Append(CultureInfo.InvariantCulture, $" AND ({key}, {Row}.\"Id\") {(query.Descending ? "<" : ">")} ({Parameter(KeyValue(query.Order, after.Key))}, {Parameter(after.Id)})");
        }

        var direction = query.Descending ? "DESC" : "ASC";
        key = !selective ? key : query.Order is DirectoryOrder.Created or DirectoryOrder.LastModified ? $"({key} + 0)" : $"({key} || '')";
        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY {key} {direction}, {Row}.\"Id\" {direction} LIMIT {Parameter((long)query.Take)}");
        if (query.Skip > 0)
        {
            sql.Append(CultureInfo.InvariantCulture, $" OFFSET {Parameter(query.Skip)}");
        }

        if (isChosenFirst)
        {
            sql.Append(CultureInfo.InvariantCulture, $") ORDER BY {KeyOf(query.Order)} {direction}, {Row}.\"Id\" {direction}");
        }

        return this;
    }

    /// <summary>The command, which stays the connection's.</summary>
    public DbCommand Command(HubReader reader) => reader.Connection.Bind(sql.ToString(), values);

    /// <summary>Fields of which one value names few rows.</summary>
    private static bool Identifying(DirectoryField field) =>
        field is DirectoryField.Id or DirectoryField.Email or DirectoryField.Group or DirectoryField.Member || WithinAccount(field);

    /// <summary>Those of them whose index begins with the account.</summary>
    private static bool WithinAccount(DirectoryField field) => field is DirectoryField.UserName or DirectoryField.ExternalId or DirectoryField.DisplayName;

    private static bool IsSelective(DirectoryCriterion criterion, Predicate<DirectoryField> field) => criterion switch
    {
        DirectoryCriterion.AllOf all => all.Parts.Any(part => IsSelective(part, field)),
        DirectoryCriterion.AnyOf any => any.Parts.All(part => IsSelective(part, field)),
        DirectoryCriterion.Term term => field(term.Field),
        _ => false,
    };

    private string KeyOf(DirectoryOrder order) => order switch
    {
        DirectoryOrder.Created => $"{Row}.\"CreatedAt\"",
        DirectoryOrder.LastModified => $"{Row}.\"UpdatedAt\"",
        DirectoryOrder.UserName => "m.\"UserNameKey\"",
        _ => "g.\"DisplayNameKey\"",
    };

    private static object KeyValue(DirectoryOrder order, string key) =>
        order is DirectoryOrder.Created or DirectoryOrder.LastModified ? long.Parse(key, CultureInfo.InvariantCulture) : key;

    private void Write(DirectoryCriterion criterion, string accountId)
    {
        switch (criterion)
        {
            case DirectoryCriterion.AllOf all:
                Join(all.Parts, " AND ", accountId);
                break;
            case DirectoryCriterion.AnyOf any:
                Join(any.Parts, " OR ", accountId);
                break;
            case DirectoryCriterion.Term term:
                Write(term, accountId);
                break;
        }
    }

    private void Join(IReadOnlyList<DirectoryCriterion> parts, string between, string accountId)
    {
        sql.Append('(');
        for (var i = 0; i < parts.Count; i++)
        {
            sql.Append(i == 0 ? "" : between);
            Write(parts[i], accountId);
        }

        sql.Append(')');
    }

    private void Write(DirectoryCriterion.Term term, string accountId)
    {
        switch (term.Field)
        {
            case DirectoryField.Id:
                Text($"{Row}.\"Id\"", term.Operator, term.Value);
                break;
            case DirectoryField.ExternalId:
                Text($"{Row}.\"ExternalId\"", term.Operator, term.Value);
                break;
            case DirectoryField.UserName:
                Text("m.\"UserNameKey\"", term.Operator, NameKey(term.Value));
                break;
            case DirectoryField.DisplayName:
                Text("g.\"DisplayNameKey\"", term.Operator, NameKey(term.Value));
                break;
            case DirectoryField.Email:
                sql.Append(CultureInfo.InvariantCulture, $"m.\"Id\" IN (SELECT e.\"MembershipId\" FROM \"MemberEmails\" e WHERE e.\"AccountId\" = {Parameter(accountId)} AND ");
                Text("e.\"AddressKey\"", term.Operator, ProfileDocument.AddressKey(term.Value));
                sql.Append(')');
                break;
            case DirectoryField.Active:
                sql.Append(CultureInfo.InvariantCulture, $"m.\"Status\" {(term.Value == "true" ? "<>" : "=")} 'Inactive'");
                break;
            case DirectoryField.Group:
                sql.Append(CultureInfo.InvariantCulture, $"m.\"Id\" IN (SELECT s.\"MembershipId\" FROM \"GroupMembers\" s WHERE s.\"GroupId\" = {Parameter(term.Value)})");
                break;
            case DirectoryField.Member:
                sql.Append(CultureInfo.InvariantCulture, $"g.\"Id\" IN (SELECT s.\"GroupId\" FROM \"GroupMembers\" s WHERE s.\"MembershipId\" = {Parameter(term.Value)})");
                break;
            case DirectoryField.Created:
                Moment($"{Row}.\"CreatedAt\"", term);
                break;
            default:
                Moment($"{Row}.\"UpdatedAt\"", term);
                break;
        }
    }

    private void Text(string column, DirectoryOperator how, string value)
    {
        sql.Append(how switch
        {
            DirectoryOperator.Equal => $"{column} = {Parameter(value)}",
            DirectoryOperator.StartsWith => $"({column} >= {Parameter(value)} AND {column} < {Parameter(value + EndOfPrefix)})",
            _ => throw new ArgumentOutOfRangeException(nameof(how), how, "Texts are found by equality and by prefix."),
        });
    }

    private void Moment(string column, DirectoryCriterion.Term term)
    {
        var sign = term.Operator switch
        {
            DirectoryOperator.Equal => "=",
            DirectoryOperator.Greater => ">",
            DirectoryOperator.GreaterOrEqual => ">=",
            DirectoryOperator.Less => "<",
            DirectoryOperator.LessOrEqual => "<=",
            _ => throw new ArgumentOutOfRangeException(nameof(term), term.Operator, "A moment has no prefix."),
        };
        sql.Append(CultureInfo.InvariantCulture, $"{column} {sign} {Parameter(long.Parse(term.Value, CultureInfo.InvariantCulture))}");
    }

    /// <summary>A text that no name could be is found nowhere.</summary>
    private static string NameKey(string value) => CanonicalName.Of(value) ?? "\0";

    private string Parameter(object value)
    {
        values.Add(value);
        return "@p" + (values.Count - 1).ToString(CultureInfo.InvariantCulture);
    }
}
