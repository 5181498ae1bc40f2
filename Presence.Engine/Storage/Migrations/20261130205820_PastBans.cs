using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class PastBans : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Removals_RoomId_UserId",
                table: "Removals");

            migrationBuilder.DropIndex(
                name: "IX_Removals_Until",
                table: "Removals");

            migrationBuilder.AddColumn<string>(
                name: "Devices",
                table: "Removals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "EndedAt",
                table: "Removals",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "IsErasedAtEnd",
                table: "Removals",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "IsReplaced",
                table: "Removals",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "LiftedBy",
                table: "Removals",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Removals_EndedAt",
                table: "Removals",
                column: "EndedAt",
                filter: "\"EndedAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Removals_RoomId_UserId",
                table: "Removals",
                columns: new[] { "RoomId", "UserId" },
                unique: true,
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Removals_Until",
                table: "Removals",
                column: "Until",
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Removals_UserId",
                table: "Removals",
                column: "UserId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Removals_EndedAt",
                table: "Removals");

            migrationBuilder.DropIndex(
                name: "IX_Removals_RoomId_UserId",
                table: "Removals");

            migrationBuilder.DropIndex(
                name: "IX_Removals_Until",
                table: "Removals");

            migrationBuilder.DropIndex(
                name: "IX_Removals_UserId",
                table: "Removals");

            migrationBuilder.DropColumn(
                name: "Devices",
                table: "Removals");

            migrationBuilder.DropColumn(
                name: "EndedAt",
                table: "Removals");

            migrationBuilder.DropColumn(
                name: "IsErasedAtEnd",
                table: "Removals");

            migrationBuilder.DropColumn(
                name: "IsReplaced",
                table: "Removals");

            migrationBuilder.DropColumn(
                name: "LiftedBy",
                table: "Removals");

            migrationBuilder.CreateIndex(
                name: "IX_Removals_RoomId_UserId",
                table: "Removals",
                columns: new[] { "RoomId", "UserId" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_Removals_Until",
                table: "Removals",
                column: "Until");
        }
    }
}
