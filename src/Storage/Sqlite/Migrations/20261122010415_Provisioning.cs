using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityHub.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Provisioning : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_ProvisioningTokens_AccountId_Name",
                table: "ProvisioningTokens");

            migrationBuilder.DropIndex(
                name: "IX_Memberships_AccountId_Id",
                table: "Memberships");

            migrationBuilder.AddColumn<string>(
                name: "PutOff",
                table: "SignIns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PutOff",
                table: "Sessions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "LastUsedAt",
                table: "ProvisioningTokens",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RotatedAt",
                table: "ProvisioningTokens",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "AcceptedAt",
                table: "Memberships",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Attributes",
                table: "Memberships",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ExternalId",
                table: "Memberships",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "TwoFactorRequired",
                table: "Memberships",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "UserNameKey",
                table: "Memberships",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "MemberCount",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "Groups",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    DisplayName = table.Column<string>(type: "TEXT", nullable: false),
                    DisplayNameKey = table.Column<string>(type: "TEXT", nullable: false),
                    ExternalId = table.Column<string>(type: "TEXT", nullable: true),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UpdatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Groups", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Groups_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "Invitations",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    UserEpoch = table.Column<int>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    TokenHash = table.Column<string>(type: "TEXT", nullable: false),
                    SentToHash = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    WithdrawnAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Invitations", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Invitations_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_Invitations_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "MemberEmails",
                columns: table => new
                {
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    AddressKey = table.Column<string>(type: "TEXT", nullable: false),
                    MembershipId = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_MemberEmails", x => new { x.AccountId, x.AddressKey, x.MembershipId });
                    table.ForeignKey(
                        name: "FK_MemberEmails_Memberships_MembershipId",
                        column: x => x.MembershipId,
                        principalTable: "Memberships",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "ProvisioningLog",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    CallerId = table.Column<string>(type: "TEXT", nullable: false),
                    Method = table.Column<string>(type: "TEXT", nullable: false),
                    ResourceType = table.Column<string>(type: "TEXT", nullable: false),
                    ResourceId = table.Column<string>(type: "TEXT", nullable: true),
                    Status = table.Column<int>(type: "INTEGER", nullable: false),
                    Detail = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ProvisioningLog", x => x.Sequence);
                });

            migrationBuilder.CreateTable(
                name: "GroupMembers",
                columns: table => new
                {
                    GroupId = table.Column<string>(type: "TEXT", nullable: false),
                    MembershipId = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_GroupMembers", x => new { x.GroupId, x.MembershipId });
                    table.ForeignKey(
                        name: "FK_GroupMembers_Groups_GroupId",
                        column: x => x.GroupId,
                        principalTable: "Groups",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_GroupMembers_Memberships_MembershipId",
                        column: x => x.MembershipId,
                        principalTable: "Memberships",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            // What the new columns and tables say of those who are there already.
            migrationBuilder.Sql(
                """
                UPDATE "Accounts" SET "MemberCount" = (SELECT count(*) FROM "Memberships" m WHERE m."AccountId" = "Accounts"."Id");
                UPDATE "Memberships" SET "AcceptedAt" = "CreatedAt" WHERE "Home" OR "Status" <> 'Invited';
                UPDATE "Memberships" SET "UserNameKey" = (SELECT u."UserNameKey" FROM "Users" u WHERE u."Id" = "Memberships"."UserId");
                UPDATE "Memberships" SET "Attributes" = (
                    SELECT nullif(json_patch('{}', json_object(
                        'name', CASE WHEN u."GivenName" IS NULL AND u."FamilyName" IS NULL THEN NULL ELSE json_object('givenName', u."GivenName", 'familyName', u."FamilyName") END,
                        'emails', CASE WHEN u."Email" IS NULL THEN NULL ELSE json_array(json_object('value', u."Email", 'type', 'work', 'primary', json('true'))) END)), '{}')
                    FROM "Users" u WHERE u."Id" = "Memberships"."UserId");
                INSERT INTO "MemberEmails" ("AccountId", "AddressKey", "MembershipId")
                    SELECT m."AccountId", lower(u."Email"), m."Id" FROM "Memberships" m JOIN "Users" u ON u."Id" = m."UserId" WHERE u."Email" IS NOT NULL;
                """);

            migrationBuilder.CreateIndex(
                name: "IX_ProvisioningTokens_AccountId_Name",
                table: "ProvisioningTokens",
                columns: new[] { "AccountId", "Name" },
                unique: true,
                filter: "\"RotatedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_AccountId_CreatedAt_Id",
                table: "Memberships",
                columns: new[] { "AccountId", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_AccountId_ExternalId",
                table: "Memberships",
                columns: new[] { "AccountId", "ExternalId" },
                filter: "\"ExternalId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_AccountId_UpdatedAt_Id",
                table: "Memberships",
                columns: new[] { "AccountId", "UpdatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_AccountId_UserNameKey",
                table: "Memberships",
                columns: new[] { "AccountId", "UserNameKey" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_Administrators",
                table: "Memberships",
                column: "AccountId",
                filter: "\"Role\" = 'Administrator' OR \"PermissionLevel\" = 'PRIMARY'");

            migrationBuilder.CreateIndex(
                name: "IX_Audit_ActorId",
                table: "Audit",
                column: "ActorId",
                filter: "\"ActorKind\" = 'person'");

            migrationBuilder.CreateIndex(
                name: "IX_GroupMembers_MembershipId",
                table: "GroupMembers",
                column: "MembershipId");

            migrationBuilder.CreateIndex(
                name: "IX_Groups_AccountId_CreatedAt_Id",
                table: "Groups",
                columns: new[] { "AccountId", "CreatedAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Groups_AccountId_DisplayNameKey",
                table: "Groups",
                columns: new[] { "AccountId", "DisplayNameKey" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Groups_AccountId_ExternalId",
                table: "Groups",
                columns: new[] { "AccountId", "ExternalId" },
                filter: "\"ExternalId\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Invitations_AccountId",
                table: "Invitations",
                column: "AccountId");

            migrationBuilder.CreateIndex(
                name: "IX_Invitations_ExpiresAt",
                table: "Invitations",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_Invitations_TokenHash",
                table: "Invitations",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Invitations_UserId",
                table: "Invitations",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_MemberEmails_MembershipId",
                table: "MemberEmails",
                column: "MembershipId");

            migrationBuilder.CreateIndex(
                name: "IX_ProvisioningLog_AccountId_Sequence",
                table: "ProvisioningLog",
                columns: new[] { "AccountId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_ProvisioningLog_ResourceId",
                table: "ProvisioningLog",
                column: "ResourceId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "GroupMembers");

            migrationBuilder.DropTable(
                name: "Invitations");

            migrationBuilder.DropTable(
                name: "MemberEmails");

            migrationBuilder.DropTable(
                name: "ProvisioningLog");

            migrationBuilder.DropTable(
                name: "Groups");

            migrationBuilder.DropIndex(
                name: "IX_ProvisioningTokens_AccountId_Name",
                table: "ProvisioningTokens");

            migrationBuilder.DropIndex(
                name: "IX_Memberships_AccountId_CreatedAt_Id",
                table: "Memberships");

            migrationBuilder.DropIndex(
                name: "IX_Memberships_AccountId_ExternalId",
                table: "Memberships");

            migrationBuilder.DropIndex(
                name: "IX_Memberships_AccountId_UpdatedAt_Id",
                table: "Memberships");

            migrationBuilder.DropIndex(
                name: "IX_Memberships_AccountId_UserNameKey",
                table: "Memberships");

            migrationBuilder.DropIndex(
                name: "IX_Memberships_Administrators",
                table: "Memberships");

            migrationBuilder.DropIndex(
                name: "IX_Audit_ActorId",
                table: "Audit");

            migrationBuilder.DropColumn(
                name: "PutOff",
                table: "SignIns");

            migrationBuilder.DropColumn(
                name: "PutOff",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "LastUsedAt",
                table: "ProvisioningTokens");

            migrationBuilder.DropColumn(
                name: "RotatedAt",
                table: "ProvisioningTokens");

            migrationBuilder.DropColumn(
                name: "AcceptedAt",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "Attributes",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "ExternalId",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "TwoFactorRequired",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "UserNameKey",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "MemberCount",
                table: "Accounts");

            migrationBuilder.CreateIndex(
                name: "IX_ProvisioningTokens_AccountId_Name",
                table: "ProvisioningTokens",
                columns: new[] { "AccountId", "Name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Memberships_AccountId_Id",
                table: "Memberships",
                columns: new[] { "AccountId", "Id" });
        }
    }
}
