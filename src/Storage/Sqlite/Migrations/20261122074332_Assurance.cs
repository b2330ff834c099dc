using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityHub.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Assurance : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "FrozenAt",
                table: "Users",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "MustEnrol",
                table: "Users",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "RecoveryHoldUntil",
                table: "Users",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "PasskeyState",
                table: "SignIns",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<byte[]>(
                name: "SealedEnrolment",
                table: "SignIns",
                type: "BLOB",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ByTemporaryCode",
                table: "Sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "EndsAt",
                table: "Sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "IdleMilliseconds",
                table: "Sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: 3600000L);

            migrationBuilder.AddColumn<bool>(
                name: "Remembered",
                table: "Sessions",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "AboutKey",
                table: "Outbox",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "SecondFactorAskedAt",
                table: "Memberships",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "IdleEndsAt",
                table: "Grants",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "IdleMilliseconds",
                table: "Grants",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "LiveUntil",
                table: "Grants",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "SessionIdleMinutes",
                table: "Clients",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "SessionLifetimeMinutes",
                table: "Clients",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "EmailCodesCount",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "RememberedDeviceDays",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 30);

            migrationBuilder.AddColumn<int>(
                name: "SessionIdleMinutes",
                table: "Accounts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "SessionLifetimeMinutes",
                table: "Accounts",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "TwoFactorGraceDays",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "Erasures",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: true),
                    Mark = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<long>(type: "INTEGER", nullable: false),
                    BytesGoneAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Counts = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Erasures", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Erasures_Accounts_AccountId",
                        column: x => x.AccountId,
                        principalTable: "Accounts",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "EventStreams",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    ClientId = table.Column<string>(type: "TEXT", nullable: false),
                    EventsRequested = table.Column<string>(type: "TEXT", nullable: false),
                    PushEndpoint = table.Column<string>(type: "TEXT", nullable: true),
                    SealedAuthorization = table.Column<byte[]>(type: "BLOB", nullable: true),
                    Description = table.Column<string>(type: "TEXT", nullable: true),
                    Status = table.Column<string>(type: "TEXT", nullable: false),
                    StatusReason = table.Column<string>(type: "TEXT", nullable: true),
                    VerifiedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_EventStreams", x => x.Id);
                    table.ForeignKey(
                        name: "FK_EventStreams_Clients_ClientId",
                        column: x => x.ClientId,
                        principalTable: "Clients",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "FactorResets",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    AccountId = table.Column<string>(type: "TEXT", nullable: false),
                    MembershipId = table.Column<string>(type: "TEXT", nullable: false),
                    RequestedByUserId = table.Column<string>(type: "TEXT", nullable: false),
                    SealedReason = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Outcome = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FactorResets", x => x.Id);
                    table.ForeignKey(
                        name: "FK_FactorResets_Memberships_MembershipId",
                        column: x => x.MembershipId,
                        principalTable: "Memberships",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_FactorResets_Users_RequestedByUserId",
                        column: x => x.RequestedByUserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "FreezeLinks",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    TokenHash = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false),
                    UsedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_FreezeLinks", x => x.Id);
                    table.ForeignKey(
                        name: "FK_FreezeLinks_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "Passkeys",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    PublicKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SealedName = table.Column<byte[]>(type: "BLOB", nullable: false),
                    SignCount = table.Column<long>(type: "INTEGER", nullable: false),
                    Transports = table.Column<string>(type: "TEXT", nullable: false),
                    BackupEligible = table.Column<bool>(type: "INTEGER", nullable: false),
                    BackedUp = table.Column<bool>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastUsedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Passkeys", x => x.Id);
                    table.ForeignKey(
                        name: "FK_Passkeys_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RecoveryCodes",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RecoveryCodes", x => new { x.UserId, x.Hash });
                    table.ForeignKey(
                        name: "FK_RecoveryCodes_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RecoveryCodeSets",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    Salt = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RecoveryCodeSets", x => x.UserId);
                    table.ForeignKey(
                        name: "FK_RecoveryCodeSets_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "RememberedDevices",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    UserEpoch = table.Column<int>(type: "INTEGER", nullable: false),
                    SecretHash = table.Column<string>(type: "TEXT", nullable: false),
                    SealedDevice = table.Column<byte[]>(type: "BLOB", nullable: true),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastUsedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_RememberedDevices", x => x.Id);
                    table.ForeignKey(
                        name: "FK_RememberedDevices_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "TemporaryCodes",
                columns: table => new
                {
                    UserId = table.Column<string>(type: "TEXT", nullable: false),
                    Hash = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_TemporaryCodes", x => x.UserId);
                    table.ForeignKey(
                        name: "FK_TemporaryCodes_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "EventStreamSubjects",
                columns: table => new
                {
                    StreamId = table.Column<string>(type: "TEXT", nullable: false),
                    UserId = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_EventStreamSubjects", x => new { x.StreamId, x.UserId });
                    table.ForeignKey(
                        name: "FK_EventStreamSubjects_EventStreams_StreamId",
                        column: x => x.StreamId,
                        principalTable: "EventStreams",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_EventStreamSubjects_Users_UserId",
                        column: x => x.UserId,
                        principalTable: "Users",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "PolledEvents",
                columns: table => new
                {
                    Sequence = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: true),
                    StreamId = table.Column<string>(type: "TEXT", nullable: false),
                    SealedEvent = table.Column<byte[]>(type: "BLOB", nullable: false),
                    CreatedAt = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_PolledEvents", x => x.Sequence);
                    table.ForeignKey(
                        name: "FK_PolledEvents_EventStreams_StreamId",
                        column: x => x.StreamId,
                        principalTable: "EventStreams",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_EndsAt",
                table: "Sessions",
                column: "EndsAt",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Outbox_AboutKey_Sequence",
                table: "Outbox",
                columns: new[] { "AboutKey", "Sequence" },
                filter: "\"AboutKey\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Grants_IdleEndsAt",
                table: "Grants",
                column: "IdleEndsAt",
                filter: "\"IdleEndsAt\" IS NOT NULL AND \"RevokedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Erasures_AccountId_At",
                table: "Erasures",
                columns: new[] { "AccountId", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_Erasures_At",
                table: "Erasures",
                column: "At",
                filter: "\"BytesGoneAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Erasures_Mark",
                table: "Erasures",
                column: "Mark",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_EventStreams_ClientId",
                table: "EventStreams",
                column: "ClientId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_EventStreamSubjects_UserId",
                table: "EventStreamSubjects",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_FactorResets_AccountId",
                table: "FactorResets",
                column: "AccountId");

            migrationBuilder.CreateIndex(
                name: "IX_FactorResets_ExpiresAt",
                table: "FactorResets",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_FactorResets_OneOpenPerMember",
                table: "FactorResets",
                column: "MembershipId",
                unique: true,
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_FactorResets_RequestedByUserId",
                table: "FactorResets",
                column: "RequestedByUserId");

            migrationBuilder.CreateIndex(
                name: "IX_FreezeLinks_ExpiresAt",
                table: "FreezeLinks",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_FreezeLinks_TokenHash",
                table: "FreezeLinks",
                column: "TokenHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_FreezeLinks_UserId",
                table: "FreezeLinks",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_Passkeys_UserId",
                table: "Passkeys",
                column: "UserId");

            migrationBuilder.CreateIndex(
                name: "IX_PolledEvents_CreatedAt",
                table: "PolledEvents",
                column: "CreatedAt");

            migrationBuilder.CreateIndex(
                name: "IX_PolledEvents_Id",
                table: "PolledEvents",
                column: "Id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_PolledEvents_StreamId_Sequence",
                table: "PolledEvents",
                columns: new[] { "StreamId", "Sequence" });

            migrationBuilder.CreateIndex(
                name: "IX_RememberedDevices_ExpiresAt",
                table: "RememberedDevices",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_RememberedDevices_SecretHash",
                table: "RememberedDevices",
                column: "SecretHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_RememberedDevices_UserId",
                table: "RememberedDevices",
                column: "UserId");

            // Sessions that are open end as they would have before there was a column for it. Requests are sealed from now on: what is under way begins anew.
            migrationBuilder.Sql(
                """
                UPDATE "Sessions" SET "EndsAt" = CASE WHEN "LastSeenAt" + 3600000 < "ExpiresAt" THEN "LastSeenAt" + 3600000 ELSE "ExpiresAt" END;
                DELETE FROM "SignIns";
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Erasures");

            migrationBuilder.DropTable(
                name: "EventStreamSubjects");

            migrationBuilder.DropTable(
                name: "FactorResets");

            migrationBuilder.DropTable(
                name: "FreezeLinks");

            migrationBuilder.DropTable(
                name: "Passkeys");

            migrationBuilder.DropTable(
                name: "PolledEvents");

            migrationBuilder.DropTable(
                name: "RecoveryCodes");

            migrationBuilder.DropTable(
                name: "RecoveryCodeSets");

            migrationBuilder.DropTable(
                name: "RememberedDevices");

            migrationBuilder.DropTable(
                name: "TemporaryCodes");

            migrationBuilder.DropTable(
                name: "EventStreams");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_EndsAt",
                table: "Sessions");

            migrationBuilder.DropIndex(
                name: "IX_Outbox_AboutKey_Sequence",
                table: "Outbox");

            migrationBuilder.DropIndex(
                name: "IX_Grants_IdleEndsAt",
                table: "Grants");

            migrationBuilder.DropColumn(
                name: "FrozenAt",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "MustEnrol",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "RecoveryHoldUntil",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "PasskeyState",
                table: "SignIns");

            migrationBuilder.DropColumn(
                name: "SealedEnrolment",
                table: "SignIns");

            migrationBuilder.DropColumn(
                name: "ByTemporaryCode",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "EndsAt",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "IdleMilliseconds",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "Remembered",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "AboutKey",
                table: "Outbox");

            migrationBuilder.DropColumn(
                name: "SecondFactorAskedAt",
                table: "Memberships");

            migrationBuilder.DropColumn(
                name: "IdleEndsAt",
                table: "Grants");

            migrationBuilder.DropColumn(
                name: "IdleMilliseconds",
                table: "Grants");

            migrationBuilder.DropColumn(
                name: "LiveUntil",
                table: "Grants");

            migrationBuilder.DropColumn(
                name: "SessionIdleMinutes",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "SessionLifetimeMinutes",
                table: "Clients");

            migrationBuilder.DropColumn(
                name: "EmailCodesCount",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "RememberedDeviceDays",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "SessionIdleMinutes",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "SessionLifetimeMinutes",
                table: "Accounts");

            migrationBuilder.DropColumn(
                name: "TwoFactorGraceDays",
                table: "Accounts");
        }
    }
}
