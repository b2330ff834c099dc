using System.Data.Common;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Reports;
using IdentityHub.Testing;
using Xunit;

namespace IdentityHub.Domain.Tests.Reports;

/// <summary>Every question that the pages of reports and of the audit ask is answered from an index made for it, the newest first: no page looks through a table.</summary>
public sealed class PlanTests : HubTests
{
    private static readonly ReportQuery Report = new("home", new(2029, 1, 1), new(2030, 1, 1));
    private static readonly AuditQuery Audit = new() { AccountId = "home" };
    private static readonly string[] Somebody = ["a"];

    public static TheoryData<string, string> Reports => new()
    {
        { "all", "IX_Connections_AccountId_StartedAt_Ending" },
        { "open", "IX_Connections_AccountId_StartedAt_Ending" },
        { "expired", "IX_Connections_AccountId_StartedAt_Ending" },
        { "ending", "IX_Connections_AccountId_StartedAt_Ending" },
        { "app", "IX_Connections_AccountId_ClientId_StartedAt_Ending" },
        { "app and ending", "IX_Connections_AccountId_ClientId_StartedAt_Ending" },
        { "member", "IX_Connections_MembershipId_StartedAt" },
        { "member and app", "IX_Connections_MembershipId_StartedAt" },
    };

    public static TheoryData<string, string> Audits => new()
    {
        { "all", "IX_Audit_AccountId_At_Sequence_Action" },
        { "days", "IX_Audit_AccountId_At_Sequence_Action" },
        { "family", "IX_Audit_AccountId_At_Sequence_Action" },
        { "subject", "IX_Audit_SubjectUserId_At_Sequence" },
        { "subject and family", "IX_Audit_SubjectUserId_At_Sequence" },
        { "actor", "IX_Audit_ActorId_At_Sequence" },
    };

    [Theory]
    [MemberData(nameof(Reports))]
    public async Task A_page_of_connections_is_read_from_its_index(string asked, string index)
    {
        var query = asked switch
        {
            "open" => Report with { OpenNow = true },
            "expired" => Report with { Ending = ConnectionEnd.Expired },
            "ending" => Report with { Ending = ConnectionEnd.SeatTaken },
            "app" => Report with { ClientId = "a" },
            "app and ending" => Report with { ClientId = "a", Ending = ConnectionEnd.SeatTaken },
            "member" => Report with { MembershipId = "m" },
            "member and app" => Report with { MembershipId = "m", ClientId = "a" },
            _ => Report,
        };
        foreach (var after in new ReportCursor?[] { null, new(1, "x") })
        {
            var plan = await PlanAsync(reader => ReportReader.Command(reader, query, after, 50));
            Assert.Contains(plan, step => step.Contains($"SEARCH c USING INDEX {index} ", StringComparison.Ordinal));
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Audits))]
    public async Task A_page_of_the_audit_is_read_from_its_index(string asked, string index)
    {
        var query = asked switch
        {
            "days" => Audit with { From = new(2029, 1, 1), To = new(2030, 1, 1) },
            "family" => Audit with { Family = AuditFamily.People },
            "subject" => Audit with { SubjectUserIds = Somebody },
            "subject and family" => Audit with { SubjectUserIds = Somebody, Family = AuditFamily.Seats },
            "actor" => Audit with { ActorUserIds = Somebody },
            _ => Audit,
        };
        foreach (var after in new AuditCursor?[] { null, new(1, 1) })
        {
            var plan = await PlanAsync(reader => AuditReader.Command(reader, query, after, 50));
            Assert.Contains(plan, step => step.Contains($"SEARCH e USING INDEX {index} ", StringComparison.Ordinal));

            // In the index's own order: of a million entries, the fifty newest are read and no more.
            Assert.DoesNotContain(plan, step => step.StartsWith("SCAN", StringComparison.Ordinal) || step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_is_everybodys_is_read_in_the_order_in_which_it_was_written()
    {
        Assert.DoesNotContain(await PlanAsync(reader => AuditReader.Command(reader, new() { AccountId = null }, null, 50)), step => step.Contains("TEMP B-TREE", StringComparison.Ordinal));
        Assert.Contains(await PlanAsync(reader => AuditReader.Command(reader, new() { AccountId = null }, new(1, 1), 50)), step => step.Contains("INTEGER PRIMARY KEY", StringComparison.Ordinal));
    }

    private Task<List<string>> PlanAsync(Func<HubReader, DbCommand> question) => Hub.ReadAsync(reader =>
    {
        var asked = question(reader);
        using var explain = reader.Connection.Inner.CreateCommand();
#pragma warning disable CA2100 // The hub's own question.
        explain.CommandText = "EXPLAIN QUERY PLAN " + asked.CommandText;
#pragma warning restore CA2100
        foreach (DbParameter parameter in asked.Parameters)
        {
            var copy = explain.CreateParameter();
            (copy.ParameterName, copy.Value) = (parameter.ParameterName, parameter.Value);
            explain.Parameters.Add(copy);
        }

        var plan = new List<string>();
        using var row = explain.ExecuteReader();
        while (row.Read())
        {
            plan.Add(row.GetString(3));
        }

        return Task.FromResult(plan);
    });
}
