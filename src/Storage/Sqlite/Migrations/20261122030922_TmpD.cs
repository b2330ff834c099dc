using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace IdentityHub.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class TmpD : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Audit_AccountId_Sequence",
                table: "Audit");

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
                name: "ReportRetentionDays",
                table: "Accounts",
                type: "INTEGER",
                nullable: false,
                defaultValue: 365);

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

            migrationBuilder.CreateIndex(
                name: "IX_Audit_AccountId_At_Sequence_Action",
                table: "Audit",
                columns: new[] { "AccountId", "At", "Sequence", "Action" });

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Connections");

            migrationBuilder.DropTable(
                name: "SeatDays");

            migrationBuilder.DropTable(
                name: "SignInDays");

            migrationBuilder.DropIndex(
                name: "IX_Audit_AccountId_At_Sequence_Action",
                table: "Audit");

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
                name: "ReportRetentionDays",
                table: "Accounts");

            migrationBuilder.CreateIndex(
                name: "IX_Audit_AccountId_Sequence",
                table: "Audit",
                columns: new[] { "AccountId", "Sequence" });
        }
    }
}
