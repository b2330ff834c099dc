using IdentityHub.Domain.Accounts;
using IdentityHub.Domain.Audit;
using IdentityHub.Domain.Persistence;
using IdentityHub.Domain.Permissions;

namespace IdentityHub.Domain.Jobs;

/// <summary>A job that a runner has leased.</summary>
internal sealed record JobWork(string Id, string AccountId, string? ActorUserId, JobStatus Status, bool Gathering, JobParameters Parameters, string Holder)
{
    private static readonly Statement Held = new(
        """SELECT 1 FROM "Jobs" WHERE "Id" = @job AND "Holder" = @holder AND "Status" = @status""", "@job", "@holder", "@status");

    private static readonly Statement Open = new("""SELECT 1 FROM "Accounts" WHERE "Id" = @account AND "Status" = 'Open'""", "@account");

    /// <summary>In whose name each of its changes is made, from where they confirmed it.</summary>
    public Actor Actor => ActorUserId is { } userId
        ? new Actor.Person(userId) { From = Parameters.From }
        : throw new InvalidOperationException("A job whose person was erased changes nothing.");

    /// <summary>Whether the job is this runner's still: nobody cancelled it, and nobody else took it over.</summary>
    public bool IsHeld(HubReader reader) => reader.Connection.Scalar(Held, Id, Holder, Status.ToString()) is not null;

    /// <summary>Whether the person whose job it is may manage users at this very moment, in an account that is open.</summary>
    public bool MayGoOn(HubReader reader) =>
        ActorUserId is not null && reader.Connection.Scalar(Open, AccountId) is not null && MemberStates.Administrator(reader, Actor, AccountId).May(PermissionMatrix.ManageUsers);
}
