using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Jobs;

/// <summary>A job that a runner has leased.</summary>
internal sealed record JobWork(string Id, string AccountId, string? ActorUserId, JobStatus Status, bool Gathering, JobParameters Parameters, string Holder)
{
    private static readonly Statement Held = new(
        """SELECT 1 FROM "Jobs" WHERE "Id" = @job AND "Holder" = @holder AND "Status" = @status""", "@job", "@holder", "@status");

    private static readonly Statement Standing = new(
        """
        SELECT m."Role", m."PermissionLevel" FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId"
        WHERE m."UserId" = @user AND m."AccountId" = @account AND m."Status" = 'Active' AND u."Active"
        """,
        "@user", "@account");

    /// <summary>In whose name each of its changes is made, from where they confirmed it.</summary>
    public Actor Actor => ActorUserId is null ? new Actor.Hub("jobs") : new Actor.Person(ActorUserId);

    /// <summary>Whether the job is this runner's still: nobody cancelled it, and nobody else took it over.</summary>
    public bool IsHeld(HubReader reader) => reader.Connection.Scalar(Held, Id, Holder, Status.ToString()) is not null;

    /// <summary>Whether the person whose job it is may manage users at this very moment.</summary>
    public bool MayGoOn(HubReader reader)
    {
        if (ActorUserId is null)
        {
            return false;
        }

        using var row = reader.Connection.Bind(Standing, ActorUserId, AccountId).ExecuteReader();
        return row.Read() && PermissionMatrix.Allows(row.Role(0), row.Level(1), PermissionMatrix.ManageUsers);
    }
}
