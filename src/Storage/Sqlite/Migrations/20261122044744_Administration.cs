using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityHub.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Administration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Audit_AccountId_Sequence",
                table: "Audit");

            migrationBuilder.DropIndex(
                name: "IX_Audit_ActorId",
                table: "Audit");

            migrationBuilder.DropIndex(
                name: "IX_Audit_SubjectUserId",
                table: "Audit");

            migrationBuilder.AddColumn<string>(
                name: "Locale",
                table: "Users",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Theme",
                table: "Users",
                type: "TEXT",
                nullable: false,
                defaultValue: "System");

            migrationBuilder.AddColumn<string>(
                name: "ZoneInfo",
                table: "Users",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "SealedDevice",
                table: "Sessions",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ActsOnPrimary",
                table: "ProvisioningTokens",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "MustChange",
                table: "Passwords",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "RecipientUserId",
                table: "Outbox",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "NameKey",
                table: "Memberships",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "Source",
                table: "Memberships",
                type: "TEXT",
                nullable: false,
                defaultValue: "File");

            migrationBuilder.AddColumn<int>(
                name: "AccountEpoch",
                table: "Grants",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AlterColumn<long>(
                name: "VerifiedAt",
                table: "EmailCodes",
                type: "INTEGER",
                nullable: true,
                oldClrType: typeof(long),
                oldType: "INTEGER");

            migrationBuilder.AddColumn<byte[]>(
                name: "ActorSalt",
                table: "Audit",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Digests",
                table: "Audit",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "Hash",
                table: "Audit",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "SealedOrigin",
                table: "Audit",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "SubjectSalt",
                table: "Audit",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Epoch",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "PlanId",
                table: "Accounts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ReportRetentionDays",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 365);

            migrationBuilder.AddColumn<string>(
                name: "Status",
                table: "Accounts",
                type: "TEXT",
                nullable: false,
                defaultValue: "Open");

            migrationBuilder.CreateTable(
                name: "BillingDetails",
                columns: table => new
                {
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    ContactName = table.Column<string>(type: "TEXT", nullable: true),
                    ContactEmail = table.Column<string>(type: "TEXT", nullable: true),
                    AddressLine1 = table.Column<string>(type: "TEXT", nullable: true),
                    AddressLine2 = table.Column<string>(type: "TEXT", nullable: true),
                    PostalCode = table.Column<string>(type: "TEXT", nullable: true),
                    City = table.Column<string>(type: "TEXT", nullable: true),
                    Country = table.Column<string>(type: "TEXT", nullable: true),
                    Reference = table.Column<string>(type: "TEXT", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BillingDetails", x => x.AccountId);
                    table.ForeignKey(
                        name: "FK_BillingDetails_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Connections",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: true),
                    MembershipId = table.Column<string>(type: "TEXT", nullable: true),
                    ClientId = table.Column<string>(type: "TEXT", nullable: false),
                    ClientName = table.Column<string>(type: "TEXT", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastSeenAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Ending = table.Column<string>(type: "TEXT", nullable: true),
                    SealedOrigin = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Connections", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Connections_Memberships_MembershipId",
                        column: x => x.MembershipId,
                        principalTable: "Memberships",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Jobs",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    ActorUserId = table.Column<string>(type: "TEXT", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    SealedParameters = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Gathering = table.Column<bool>(type: "INTEGER", nullable: false),
                    Holder = table.Column<string>(type: "TEXT", nullable: true),
                    LeasedUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    Total = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StartedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    FinishedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Note = table.Column<string>(type: "TEXT", nullable: true),
                    Counts_Added = table.Column<int>(type: "INTEGER", nullable: false),
                    Counts_Changed = table.Column<int>(type: "INTEGER", nullable: false),
                    Counts_Failed = table.Column<int>(type: "INTEGER", nullable: false),
                    Counts_Skipped = table.Column<int>(type: "INTEGER", nullable: false),
                    Counts_Unchanged = table.Column<int>(type: "INTEGER", nullable: false),
                    Counts_Waiting = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Jobs", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Jobs_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_Jobs_Users_ActorUserId",
                        column: x => x.ActorUserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "PasswordResets",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    UserEpoch = table.Column<int>(type: "INTEGER", nullable: false),
                    TokenHash = table.Column<string>(type: "TEXT", nullable: false),
                    SentToHash = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    WithdrawnAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PasswordResets", x => x.Id);
                    table.ForeignKey(
                        name: "FK_PasswordResets_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "PlanChanges",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    ByUserId = table.Column<string>(type: "TEXT", nullable: true),
                    Kind = table.Column<string>(type: "TEXT", nullable: false),
                    ApplicationId = table.Column<string>(type: "TEXT", nullable: true),
                    Before = table.Column<string>(type: "TEXT", nullable: true),
                    After = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PlanChanges", x => x.Sequence);
                    table.ForeignKey(
                        name: "FK_PlanChanges_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_PlanChanges_Users_ByUserId",
                        column: x => x.ByUserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "Plans",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Description = table.Column<string>(type: "TEXT", nullable: false),
                    Retired = table.Column<bool>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Plans", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "PrimaryRequests",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    CandidateUserId = table.Column<string>(type: "TEXT", nullable: true),
                    CandidateMembershipId = table.Column<string>(type: "TEXT", nullable: true),
                    RequestedByUserId = table.Column<string>(type: "TEXT", nullable: true),
                    RequestedByOperator = table.Column<bool>(type: "INTEGER", nullable: false),
                    SealedWhy = table.Column<byte[]>(type: "BLOB", nullable: true),
                    State = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ConfirmedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    ConfirmedByUserId = table.Column<string>(type: "TEXT", nullable: true),
                    ConfirmedByOperator = table.Column<bool>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    End = table.Column<string>(type: "TEXT", nullable: true),
                    FormerUserId = table.Column<string>(type: "TEXT", nullable: true),
                    NextStepAt = table.Column<long>(type: "INTEGER", nullable: false),
                    Reminders = table.Column<int>(type: "INTEGER", nullable: false),
                    OperatorsToldAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PrimaryRequests", x => x.Id);
                    table.ForeignKey(
                        name: "FK_PrimaryRequests_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_PrimaryRequests_Memberships_CandidateMembershipId",
                        column: x => x.CandidateMembershipId,
                        principalTable: "Memberships",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "FK_PrimaryRequests_Users_CandidateUserId",
                        column: x => x.CandidateUserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "FK_PrimaryRequests_Users_ConfirmedByUserId",
                        column: x => x.ConfirmedByUserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "FK_PrimaryRequests_Users_FormerUserId",
                        column: x => x.FormerUserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                    table.ForeignKey(
                        name: "FK_PrimaryRequests_Users_RequestedByUserId",
                        column: x => x.RequestedByUserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateTable(
                name: "SeatDays",
                columns: table => new
                {
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    ApplicationId = table.Column<string>(type: "TEXT", nullable: false),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    Peak = table.Column<int>(type: "INTEGER", nullable: false),
                    Used = table.Column<int>(type: "INTEGER", nullable: false),
                    Capacity = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SeatDays", x => new { x.AccountId, x.ApplicationId, x.Day });
                    table.ForeignKey(
                        name: "FK_SeatDays_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "SignInDays",
                columns: table => new
                {
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    ClientId = table.Column<string>(type: "TEXT", nullable: false),
                    SignIns = table.Column<int>(type: "INTEGER", nullable: false),
                    People = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_SignInDays", x => new { x.AccountId, x.Day, x.ClientId });
                    table.ForeignKey(
                        name: "FK_SignInDays_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "JobItems",
                columns: table => new
                {
                    JobId = table.Column<string>(type: "TEXT", nullable: false),
                    Ordinal = table.Column<int>(type: "INTEGER", nullable: false),
                    Line = table.Column<int>(type: "INTEGER", nullable: true),
                    MembershipId = table.Column<string>(type: "TEXT", nullable: true),
                    SealedLine = table.Column<byte[]>(type: "BLOB", nullable: true),
                    NameTag = table.Column<string>(type: "TEXT", nullable: true),
                    Outcome = table.Column<string>(type: "TEXT", nullable: false),
                    Note = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_JobItems", x => new { x.JobId, x.Ordinal });
                    table.ForeignKey(
                        name: "FK_JobItems_Jobs_JobId",
                        column: x => x.JobId,
                        principalTable: "Jobs",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_JobItems_Memberships_MembershipId",
                        column: x => x.MembershipId,
                        principalTable: "Memberships",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.SetNull);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Users_Operator",
                table: "Users",
                column: "Operator",
                filter: "\"Operator\"");

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_LastSeenAt_UserId",
                table: "Sessions",
                columns: new[] { "LastSeenAt", "UserId" },
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_ProvisioningLog_Refused",
                table: "ProvisioningLog",
                columns: new[] { "AccountId", "Sequence" },
                filter: "\"Status\" >= 400");

            migrationBuilder.CreateIndex(
                name: "IX_Outbox_Kind_Sequence",
                table: "Outbox",
                columns: new[] { "Kind", "Sequence" },
                filter: "\"DeliveredAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Outbox_RecipientUserId",
                table: "Outbox",
                column: "RecipientUserId");

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_Table",
                table: "Memberships",
                columns: new[] { "AccountId", "NameKey", "Id", "UserNameKey", "Role", "PermissionLevel", "Status", "TwoFactorRequired", "LastSignInAt", "Source", "AcceptedAt", "UserId" });

            migrationBuilder.CreateIndex(
                name: "IX_Clients_AccountId",
                table: "Clients",
                column: "AccountId",
                filter: "\"AccountId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Audit_AccountId_At_Sequence_Action",
                table: "Audit",
                columns: new[] { "AccountId", "At", "Sequence", "Action" });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_ActorId_At_Sequence",
                table: "Audit",
                columns: new[] { "ActorId", "At", "Sequence" },
                filter: "\"ActorKind\" = 'person'");

            migrationBuilder.CreateIndex(
                name: "IX_Audit_SubjectUserId_At_Sequence",
                table: "Audit",
                columns: new[] { "SubjectUserId", "At", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Accounts_PlanId",
                table: "Accounts",
                column: "PlanId");

            migrationBuilder.CreateIndex(
                name: "IX_Connections_AccountId_ClientId_StartedAt_Ending",
                table: "Connections",
                columns: new[] { "AccountId", "ClientId", "StartedAt", "Ending" });

            migrationBuilder.CreateIndex(
                name: "IX_Connections_AccountId_StartedAt_Ending",
                table: "Connections",
                columns: new[] { "AccountId", "StartedAt", "Ending" });

            migrationBuilder.CreateIndex(
                name: "IX_Connections_ExpiresAt",
                table: "Connections",
                column: "ExpiresAt",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Connections_MembershipId_StartedAt",
                table: "Connections",
                columns: new[] { "MembershipId", "StartedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Connections_UserId",
                table: "Connections",
                column: "UserId",
                filter: "\"MembershipId\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_JobItems_JobId_Outcome_Ordinal",
                table: "JobItems",
                columns: new[] { "JobId", "Outcome", "Ordinal" });

            migrationBuilder.CreateIndex(
                name: "IX_JobItems_MembershipId",
                table: "JobItems",
                column: "MembershipId");

            migrationBuilder.CreateIndex(
                name: "IX_JobItems_NameTag",
                table: "JobItems",
                column: "NameTag",
                filter: "\"NameTag\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Jobs_AccountId_CreatedAt",
                table: "Jobs",
                columns: new[] { "AccountId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Jobs_ActorUserId",
                table: "Jobs",
                column: "ActorUserId");

            migrationBuilder.CreateIndex(
                name: "IX_Jobs_FinishedAt",
                table: "Jobs",
                column: "FinishedAt",
                filter: "\"FinishedAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Jobs_LeasedUntil",
                table: "Jobs",
                column: "LeasedUntil",
                filter: "\"Status\" IN ('Preparing', 'Waiting', 'Running')");

            migrationBuilder.CreateIndex(
                name: "IX_PasswordResets_ExpiresAt",
                table: "PasswordResets",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_PasswordResets_TokenHash",
                table: "PasswordResets",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_PasswordResets_UserId",
                table: "PasswordResets",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_PlanChanges_AccountId_Sequence",
                table: "PlanChanges",
                columns: new[] { "AccountId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_PlanChanges_ByUserId",
                table: "PlanChanges",
                column: "ByUserId");

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_AccountId_CreatedAt",
                table: "PrimaryRequests",
                columns: new[] { "AccountId", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_CandidateMembershipId",
                table: "PrimaryRequests",
                column: "CandidateMembershipId");

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_CandidateUserId",
                table: "PrimaryRequests",
                column: "CandidateUserId");

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_ConfirmedByUserId",
                table: "PrimaryRequests",
                column: "ConfirmedByUserId");

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_FormerUserId",
                table: "PrimaryRequests",
                column: "FormerUserId");

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_NextStepAt",
                table: "PrimaryRequests",
                column: "NextStepAt",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_OneOpenPerAccount",
                table: "PrimaryRequests",
                column: "AccountId",
                unique: true,
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_PrimaryRequests_RequestedByUserId",
                table: "PrimaryRequests",
                column: "RequestedByUserId");

            migrationBuilder.AddForeignKey(
                name: "FK_Accounts_Plans_PlanId",
                table: "Accounts",
                column: "PlanId",
                principalTable: "Plans",
                principalColumn: "Id",
                onDelete: ReferentialAction.Restrict);

            // Names are found by a form that the database cannot make whole: case is set aside here, accents with the next change of a name.
            migrationBuilder.Sql(
                """
                UPDATE "ProvisioningTokens" SET "ActsOnPrimary" = TRUE;
                UPDATE "Memberships" SET "Source" = 'Provisioning' WHERE "ExternalId" IS NOT NULL;
                UPDATE "Memberships" SET "NameKey" = substr(lower(coalesce(
                    nullif(trim(CASE WHEN "Home"
                        THEN (SELECT coalesce(u."GivenName", '') || ' ' || coalesce(u."FamilyName", '') FROM "Users" u WHERE u."Id" = "Memberships"."UserId")
                        ELSE json_extract("Attributes", '$.displayName') END), ''),
                    "UserNameKey")), 1, 256);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_Accounts_Plans_PlanId",
                table: "Accounts");

            migrationBuilder.DropTable(
                name: "BillingDetails");

            migrationBuilder.DropTable(
                name: "Connections");

            migrationBuilder.DropTable(
                name: "JobItems");

            migrationBuilder.DropTable(
                name: "PasswordResets");

            migrationBuilder.DropTable(
                name: "PlanChanges");

            migrationBuilder.DropTable(
                name: "Plans");

            migrationBuilder.DropTable(
                name: "PrimaryRequests");

            migrationBuilder.DropTable(
                name: "SeatDays");

            migrationBuilder.DropTable(
                name: "SignInDays");

            migrationBuilder.DropTable(
                name: "Jobs");

            migrationBuilder.DropIndex(
                name: "IX_Users_Operator",
                table: "Users");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_LastSeenAt_UserId",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_ProvisioningLog_Refused",
                table: "ProvisioningLog");

            migrationBuilder.DropIndex(
                name: "IX_Outbox_Kind_Sequence",
                table: "Outbox");

            migrationBuilder.DropIndex(
                name: "IX_Outbox_RecipientUserId",
                table: "Outbox");

            migrationBuilder.DropIndex(
                name: "IX_Memberships_Table",
                table: "Memberships");

            migrationBuilder.DropIndex(
                name: "IX_Clients_AccountId",
                table: "Clients");

            migrationBuilder.DropIndex(
                name: "IX_Audit_AccountId_At_Sequence_Action",
                table: "Audit");

            migrationBuilder.DropIndex(
                name: "IX_Audit_ActorId_At_Sequence",
                table: "Audit");

            migrationBuilder.DropIndex(
                name: "IX_Audit_SubjectUserId_At_Sequence",
                table: "Audit");

            migrationBuilder.DropIndex(
                name: "IX_Accounts_PlanId",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "Locale",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "Theme",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "ZoneInfo",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "SealedDevice",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ActsOnPrimary",
                table: "ProvisioningTokens");

            migrationBuilder.DropColumn(
                name: "MustChange",
                table: "Passwords");

            migrationBuilder.DropColumn(
                name: "RecipientUserId",
                table: "Outbox");

            migrationBuilder.DropColumn(
                name: "NameKey",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "Source",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "AccountEpoch",
                table: "Grants");

            migrationBuilder.DropColumn(
                name: "ActorSalt",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "Digests",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "Hash",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "SealedOrigin",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "SubjectSalt",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "Epoch",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "PlanId",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "ReportRetentionDays",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "Status",
                table: "Accounts");

            migrationBuilder.AlterColumn<long>(
                name: "VerifiedAt",
                table: "EmailCodes",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L,
                oldClrType: typeof(long),
                oldType: "INTEGER",
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Audit_AccountId_Sequence",
                table: "Audit",
                columns: new[] { "AccountId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_Audit_ActorId",
                table: "Audit",
                column: "ActorId",
                filter: "\"ActorKind\" = 'person'");

            migrationBuilder.CreateIndex(
                name: "IX_Audit_SubjectUserId",
                table: "Audit",
                column: "SubjectUserId");
        }
    }
}
