using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class StorageTrust : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "IsKept",
                table: "Users",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<long>(
                name: "SeenAt",
                table: "Users",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<long>(
                name: "Beat",
                table: "LastAlive",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<string>(
                name: "BootId",
                table: "LastAlive",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "UptimeMilliseconds",
                table: "LastAlive",
                type: "INTEGER",
                nullable: true);

            // When anybody was last seen was not kept: the time until a user is pruned begins now. Profiles that the backend may have
            // set by itself stay.
            migrationBuilder.Sql(
                """
                UPDATE "Users" SET
                    "SeenAt" = unixepoch() * 1000,
                    "IsKept" = "MetadataJson" <> '{}' OR "AvatarUrl" IS NOT NULL OR ("IsVouched" AND "DisplayName" IS NOT NULL)
                """);

            migrationBuilder.CreateIndex(
                name: "IX_Users_SeenAt",
                table: "Users",
                column: "SeenAt",
                filter: "\"IsVouched\" = 0 AND \"IsKept\" = 0");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Users_SeenAt",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "IsKept",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "SeenAt",
                table: "Users");

            migrationBuilder.DropColumn(
                name: "Beat",
                table: "LastAlive");

            migrationBuilder.DropColumn(
                name: "BootId",
                table: "LastAlive");

            migrationBuilder.DropColumn(
                name: "UptimeMilliseconds",
                table: "LastAlive");
        }
    }
}
