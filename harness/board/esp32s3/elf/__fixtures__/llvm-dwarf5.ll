target triple = "i386-unknown-linux-gnu"
@sink = global i32 0
define void @store(i32* %at) section ".text.store" !dbg !10 {
  store volatile i32 7, i32* %at, !dbg !14
  %v = load volatile i32, i32* @sink, !dbg !15
  store volatile i32 %v, i32* @sink, !dbg !13
  ret void, !dbg !13
}
define void @_start() section ".text.start" !dbg !11 {
  call void @store(i32* null), !dbg !16
  ret void, !dbg !17
}
define void @far() section ".text.far" !dbg !20 {
  store volatile i32 9, i32* @sink, !dbg !24
  call void @store(i32* null), !dbg !21
  store volatile i32 8, i32* @sink, !dbg !24
  ret void, !dbg !21
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2, !3}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, producer: "hand", isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug)
!1 = !DIFile(filename: "t.c", directory: "/home/ann/kitchen")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !{i32 2, !"Dwarf Version", i32 5}
!4 = !DISubroutineType(types: !5)
!5 = !{null}
!10 = distinct !DISubprogram(name: "store", scope: !1, file: !1, line: 6, type: !4, scopeLine: 6, spFlags: DISPFlagDefinition, unit: !0)
!11 = distinct !DISubprogram(name: "_start", scope: !1, file: !1, line: 12, type: !4, scopeLine: 12, spFlags: DISPFlagDefinition, unit: !0)
!12 = distinct !DISubprogram(name: "poke", scope: !1, file: !1, line: 2, type: !4, scopeLine: 2, spFlags: DISPFlagDefinition, unit: !0)
!13 = !DILocation(line: 9, column: 1, scope: !10)
!14 = !DILocation(line: 3, column: 1, scope: !12, inlinedAt: !18)
!15 = !DILocation(line: 4, column: 1, scope: !12, inlinedAt: !18)
!16 = !DILocation(line: 13, column: 1, scope: !11)
!17 = !DILocation(line: 14, column: 1, scope: !11)
!18 = distinct !DILocation(line: 8, column: 1, scope: !10)
!20 = distinct !DISubprogram(name: "far", scope: !1, file: !1, line: 20, type: !4, scopeLine: 20, spFlags: DISPFlagDefinition, unit: !0)
!21 = !DILocation(line: 21, column: 1, scope: !20)
!22 = distinct !DILocation(line: 22, column: 1, scope: !20)
!24 = !DILocation(line: 3, column: 1, scope: !12, inlinedAt: !22)
