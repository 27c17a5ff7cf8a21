;; The one loop that a watched city pays for at every pixel of every picture: four pixels at a time. It is kept, as it was compiled by
;; wabt, in motion-kernel.ts; motion-kernel.test.ts compiles it anew, compares the bytes, and compares the answers with a plain loop.
(module
  (memory (import "scene" "memory") 1)

  ;; Counts which pixels of a frame differ from the background into blocks of 4 x 4, lets the background follow, and returns how many
  ;; differ. Offsets are bytes in the memory: $luma one byte a pixel; $model 32 bits a pixel, the background above and its usual
  ;; deviation below; $since 32 bits a pixel, -1 while it does not differ; $cells one byte a block; $rows one byte a row, 1 where
  ;; a pixel has been differing. Grey levels are in parts of 256; width is in whole blocks.
  (func (export "step")
    (param $luma i32) (param $model i32) (param $since i32) (param $cells i32) (param $rows i32)
    (param $width i32) (param $height i32)
    (param $gain i32) (param $nowMs i32) (param $absorbMs i32)
    (param $least i32) (param $times i32) (param $follow i32) (param $deviate i32)
    (result i32)
    (local $x i32) (local $y i32) (local $row i32) (local $cell i32) (local $had i32) (local $count i32)
    (local $changed i32) (local $rowChanged i32)
    (local $level v128) (local $known v128) (local $old v128) (local $usual v128) (local $signed v128) (local $away v128)
    (local $differs v128) (local $next v128) (local $times4 v128) (local $now4 v128) (local $past v128)
    (local $isNew v128) (local $isOver v128)
    (local.set $now4 (i32x4.splat (local.get $nowMs)))
    (local.set $times4 (i32x4.splat (local.get $times)))
    (loop $down
      (local.set $row (i32.add (local.get $rows) (local.get $y)))
      (local.set $had (i32.load8_u (local.get $row)))
      (local.set $rowChanged (i32.const 0))
      (local.set $cell
        (i32.add
          (local.get $cells)
          (i32.mul (i32.shr_u (local.get $y) (i32.const 2)) (i32.shr_u (local.get $width) (i32.const 2)))))
      (local.set $x (i32.const 0))
      (loop $across
        (local.set $level
          (i32x4.min_s
            (i32x4.mul
              (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $luma))))
              (i32x4.splat (local.get $gain)))
            (v128.const i32x4 65535 65535 65535 65535)))
        (local.set $known (v128.load (local.get $model)))
        (local.set $old (i32x4.shr_u (local.get $known) (i32.const 16)))
        (local.set $usual (v128.and (local.get $known) (v128.const i32x4 65535 65535 65535 65535)))
        (local.set $signed (i32x4.sub (local.get $level) (local.get $old)))
        (local.set $away (i32x4.abs (local.get $signed)))
        (local.set $differs
          (v128.and
            (i32x4.gt_s (local.get $away) (i32x4.splat (local.get $least)))
            (i32x4.gt_s (local.get $away) (i32x4.mul (local.get $usual) (local.get $times4)))))
        ;; A pixel like its background: both numbers follow.
        (local.set $next
          (v128.or
            (i32x4.shl
              (i32x4.add
                (local.get $old)
                (i32x4.shr_s (i32x4.mul (local.get $signed) (i32x4.splat (local.get $follow))) (i32.const 8)))
              (i32.const 16))
            (i32x4.add
              (local.get $usual)
              (i32x4.shr_s
                (i32x4.mul (i32x4.sub (local.get $away) (local.get $usual)) (i32x4.splat (local.get $deviate)))
                (i32.const 8)))))
        (local.set $count (i32x4.bitmask (local.get $differs)))
        (if (i32.or (local.get $count) (local.get $had))
          (then
            (local.set $past (v128.load (local.get $since)))
            (local.set $isNew (i32x4.lt_s (local.get $past) (v128.const i32x4 0 0 0 0)))
            ;; It has differed for too long, or the count of milliseconds began anew: what is there is the background.
            (local.set $isOver
              (v128.andnot
                (v128.and
                  (local.get $differs)
                  (v128.or
                    (i32x4.gt_s
                      (i32x4.sub (local.get $now4) (local.get $past))
                      (i32x4.splat (local.get $absorbMs)))
                    (i32x4.lt_s (local.get $now4) (local.get $past))))
                (local.get $isNew)))
            (local.set $past (v128.bitselect (local.get $now4) (local.get $past) (local.get $isNew)))
            (v128.store
              (local.get $since)
              (v128.bitselect
                (local.get $past)
                (v128.const i32x4 -1 -1 -1 -1)
                (v128.andnot (local.get $differs) (local.get $isOver))))
            (local.set $known
              (v128.bitselect
                (v128.or (i32x4.shl (local.get $level) (i32.const 16)) (local.get $usual))
                (local.get $known)
                (local.get $isOver)))
            (local.set $next (v128.bitselect (local.get $known) (local.get $next) (local.get $differs)))
            (local.set $count (i32.popcnt (local.get $count)))
            (i32.store8 (local.get $cell) (i32.add (i32.load8_u (local.get $cell)) (local.get $count)))
            (local.set $rowChanged (i32.add (local.get $rowChanged) (local.get $count)))))
        (v128.store (local.get $model) (local.get $next))
        (local.set $luma (i32.add (local.get $luma) (i32.const 4)))
        (local.set $model (i32.add (local.get $model) (i32.const 16)))
        (local.set $since (i32.add (local.get $since) (i32.const 16)))
        (local.set $cell (i32.add (local.get $cell) (i32.const 1)))
        (br_if $across
          (i32.lt_u (local.tee $x (i32.add (local.get $x) (i32.const 4))) (local.get $width))))
      (i32.store8 (local.get $row) (i32.ne (local.get $rowChanged) (i32.const 0)))
      (local.set $changed (i32.add (local.get $changed) (local.get $rowChanged)))
      (br_if $down (i32.lt_u (local.tee $y (i32.add (local.get $y) (i32.const 1))) (local.get $height))))
    (local.get $changed)))
